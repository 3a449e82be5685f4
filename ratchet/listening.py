"""What both servers do about connections over HTTP: tell little, believe no proxy, wait for nobody for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

log = logging.getLogger(__name__)
_HEAD_SECONDS = 15.0
_IDLE_SECONDS = 30
_TAKING_SECONDS = 60.0
_LAST_SECONDS = 2.0
_MOST_HEAD_BYTES = 32 * 1024
_MOST_GATHERED_BYTES = 64 * 1024


def listening_config(app: ASGIApp, **options: Any) -> uvicorn.Config:
    """Return how an app is served.

    Args:
        options: What the two servers do each in its own way.
    """
    return uvicorn.Config(
        app,
        http=_Connection,
        ws="none",
        # It would write addresses, in which somebody may put a token all the same.
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
        h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
        **options,
    )


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


class _Connection(H11Protocol):
    """One that is closed when no request comes, or nothing is taken of an answer.

    The library waits for ever for the first request, for half of the next, and for a client that does not read.
    """

    _patience_seconds = _TAKING_SECONDS
    _watching: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(_Gathering(transport, self.loop, self._watch))  # type: ignore[arg-type]
        self.loop.call_later(_HEAD_SECONDS, self._close_unused)

    def data_received(self, data: bytes) -> None:
        """Take in what has come; a part of a head is no request, and the connection is still idle."""
        self.conn.receive_data(data)
        self.handle_events()
        if self.conn.their_state is not h11.IDLE:
            self._unset_keepalive_if_required()

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

    def _should_upgrade(self) -> bool:
        # What asks for another protocol is answered in this one; the library would advise to install one.
        return False
