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
# What a header takes beside its name and its value.
_HEADER_BYTES = 32
_VERSIONS = ("1.0", "1.1")
_INVALID = "Invalid HTTP request received."


class _NotRead(Exception):
    """A request will not be read, though the parser could."""


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
    """One that is closed when no request comes, or nothing is taken of an answer."""

    _patience_seconds = _TAKING_SECONDS
    _watching: asyncio.TimerHandle | None = None
    # Bytes since the last that were the end of a head, or a part of a body: the parser keeps what is not whole.
    _come_to_nothing = 0
    # Of the headers that are whole.
    _head_bytes = 0
    _is_in_head = True
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(_Gathering(transport, self.loop, self._watch))  # type: ignore[arg-type]
        self._unused = self.loop.call_later(_HEAD_SECONDS, self._close_unused)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        super().connection_lost(exc)
        self._unused.cancel()
        self._unwatch()

    def data_received(self, data: bytes) -> None:
        """Take in what has come; a part of a head is no request, and the connection is still idle."""
        if self._is_refused:
            return
        self._come_to_nothing += len(data)
        try:
            self._read(data)
        except httptools.HttpParserError:
            log.debug("what has come cannot be read", exc_info=True)
            self._refuse()
        else:
            if self._come_to_nothing > _MOST_HEAD_BYTES:
                self._refuse()

    def _read(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as asked:
            # The parser would take the body for the other protocol.
            head = self._head_in_this_protocol()
            self.parser = httptools.HttpRequestParser(self)
            self._read(head + data[asked.args[0] :])

    def _head_in_this_protocol(self) -> bytes:
        """Return the head that has been read, without what asks for another protocol (RFC 9110, 7.8)."""
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        lines = [b"%s: %s\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        return b"%s %s HTTP/%s\r\n%s\r\n" % (method, self.url, version, b"".join(lines))

    def _refuse(self) -> None:
        """Read no more; what has been asked for whole before is answered first, and the connection closed then."""
        self._is_refused = True
        # The head may be large, and a closed connection is not gone at once.
        self.headers, self.scope = [], {}  # type: ignore[typeddict-item]
        log.warning(_INVALID)
        if self._is_answering and not self.cycle.more_body:
            self.cycle.keep_alive = False
        elif self._is_answering and self.cycle.response_started:
            self.transport.close()
        else:
            self.send_400_response(_INVALID)

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        super().on_message_begin()
        self._is_in_head = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Note a part of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a header: what follows a body is none (RFC 9110, 6.5.1), and blanks are no part of one (9112, 5.1)."""
        if self._is_in_head:
            self._count(len(name) + len(value) + _HEADER_BYTES)
            super().on_header(name, value.rstrip(b" \t"))

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > _MOST_HEAD_BYTES:
            raise _NotRead("the head is too large")

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            return  # It is read again.
        self._check_head()
        self._come_to_nothing = 0
        self._is_in_head = False
        self._unset_keepalive_if_required()
        super().on_headers_complete()
        # Old versions of the library look for `close` in small letters.
        self.cycle.keep_alive = self.cycle.keep_alive and self.parser.should_keep_alive()

    def _check_head(self) -> None:
        if self._is_answering:
            # The client is to ask again (RFC 9112, 9.3.2): this connection ends with the answer to the first.
            raise _NotRead("a request has come before the answer to the last one")
        if self.parser.should_upgrade():
            raise _NotRead("there are no tunnels")
        if self.parser.get_http_version() not in _VERSIONS:
            raise _NotRead("only HTTP/1.0 and HTTP/1.1 are read")
        if any(name == b"transfer-encoding" and value.lower() != b"chunked" for name, value in self.headers):
            raise _NotRead("no coding but `chunked` is read")

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
