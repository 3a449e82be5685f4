"""A connection over HTTP that waits for nobody for ever, and keeps little of what it is sent.

The library reads a head of any size, waits for ever for the first request, for half of the next, and for a client that
does not read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

log = logging.getLogger(__name__)
_HEAD_SECONDS = 15.0
_TAKING_SECONDS = 60.0
_LAST_SECONDS = 2.0
_MOST_HEAD_BYTES = 32 * 1024
_MOST_GATHERED_BYTES = 64 * 1024
# Of a header, beside its name and its value.
_HEADER_BYTES = 4
# Requests that a client may send before the answer to an earlier one.
_MOST_AHEAD = 100
_INVALID = "Invalid HTTP request received."


class _Gathering:
    """A transport that writes at once what it is given in one step of the loop.

    The library writes the head of an answer and its body each by itself, and each wakes the client.

    Args:
        written: Called after a write.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, written: Callable[[], None]
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._written = written
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        """Write soon, or at once where it is much."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting += data
        if len(self._waiting) > _MOST_GATHERED_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what waits, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._waiting:
            data, self._waiting = self._waiting, bytearray()
            self._transport.write(data)
            self._written()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Connection(HttpToolsProtocol):
    """One that is closed when no request comes, or nothing is taken of an answer.

    The library waits for ever for the first request, for half of the next, and for a client that does not read.
    """

    _patience_seconds = _TAKING_SECONDS
    _watching: asyncio.TimerHandle | None = None
    # Bytes since the last that were the end of a head, or a part of a body.
    _come_to_nothing = 0
    _is_in_head = True
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(_Gathering(transport, self.loop, self._watch))  # type: ignore[arg-type]
        self.loop.call_later(_HEAD_SECONDS, self._close_unused)

    def data_received(self, data: bytes) -> None:
        """Take in what has come; a part of a head is no request, and the connection is still idle."""
        if self._is_refused:
            return
        self._come_to_nothing += len(data)
        try:
            self._read(data)
        except httptools.HttpParserError:
            self._refuse()
        else:
            if self._come_to_nothing > _MOST_HEAD_BYTES:
                self._refuse()

    def _read(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as asked:
                # The parser would take the body for the other protocol.
                data = self._head_in_this_protocol() + data[asked.args[0] :]
            else:
                break

    def _head_in_this_protocol(self) -> bytes:
        """Return the head that has been read, without what asks for another protocol (RFC 9110, 7.8)."""
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        lines = [b"%s: %s\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        return b"%s %s HTTP/%s\r\n%s\r\n" % (method, self.url, version, b"".join(lines))

    def _refuse(self) -> None:
        """Read no more; what has been asked for whole before is answered first, and the connection closed then."""
        self._is_refused = True
        log.warning(_INVALID)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and not self.cycle.more_body:
            self.cycle.keep_alive = False
        elif self.pipeline or (is_answering and self.cycle.response_started):
            self.transport.close()
        else:
            self.send_400_response(_INVALID)

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        super().on_message_begin()
        self._is_in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a header; what comes after a body is none (RFC 9110, 6.5.1)."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer, unless it is for a tunnel, the head is too large, or too many requests wait for answers."""
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            return  # It is read again.
        size = len(self.url) + sum(len(name) + len(value) + _HEADER_BYTES for name, value in self.headers)
        if size > _MOST_HEAD_BYTES or len(self.pipeline) >= _MOST_AHEAD or self.parser.should_upgrade():
            raise ValueError("no more is read")
        self._come_to_nothing = 0
        self._is_in_head = False
        self._unset_keepalive_if_required()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take in a part of a body."""
        self._come_to_nothing = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note the end of a request."""
        if self.parser.should_upgrade():
            return
        self._come_to_nothing = 0
        super().on_message_complete()

    def _close_unused(self) -> None:
        if self.cycle is None:
            self.transport.close()

    def pause_writing(self) -> None:
        """Write no more for now: much waits to be taken."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Write again: the client takes what there is."""
        super().resume_writing()
        self._unwatch()

    def on_response_complete(self) -> None:
        """Go on to the next request; the end of the answer may not have been taken."""
        super().on_response_complete()
        self._watch()

    def shutdown(self) -> None:
        """End with the answer that is on its way, which has little time to be taken."""
        self._patience_seconds = _LAST_SECONDS
        super().shutdown()
        self._unwatch()
        self._watch()

    def _watch(self) -> None:
        """See that the client takes what waits for it."""
        waiting = self.transport.get_write_buffer_size()
        if waiting and self._watching is None:
            self._watching = self.loop.call_later(self._patience_seconds, self._close_stuck, waiting, self.cycle)

    def _unwatch(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def _close_stuck(self, waited: int, cycle: RequestResponseCycle) -> None:
        self._watching = None
        waiting = self.transport.get_write_buffer_size()
        if waiting >= waited and self.cycle is cycle:
            log.info("A client has taken nothing for %.0f s: %d bytes are dropped", self._patience_seconds, waiting)
            self.transport.abort()
        else:
            self._watch()
