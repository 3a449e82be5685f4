"""What both servers do about connections over HTTP: tell little, believe no proxy, wait for nobody for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_HEAD_SECONDS = 15.0
_IDLE_SECONDS = 30
_MOST_HEAD_BYTES = 32 * 1024


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


class _Connection(H11Protocol):
    """One that is closed when no request comes: the library waits for ever for the first, and for half of the next."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
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

    def _should_upgrade(self) -> bool:
        # What asks for another protocol is answered in this one; the library would advise to install one.
        return False
