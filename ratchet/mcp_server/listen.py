"""Serve any number of clients over HTTP, until a signal ends it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from ratchet.mcp_server.http import HttpApp
from ratchet.mcp_server.signals import wait_for_end

_HEAD_SECONDS = 15.0
_IDLE_SECONDS = 30
_LAST_ANSWERS_SECONDS = 1.0
_MOST_CONNECTIONS = 512
_MOST_HEAD_BYTES = 32 * 1024


def serve_http(app: HttpApp, sockets: Sequence[socket.socket]) -> None:
    """Serve an app at its paths until a signal says so; what is in flight then has a moment to end."""
    anyio.run(_serve, app, sockets)


async def _serve(app: HttpApp, sockets: Sequence[socket.socket]) -> None:
    server = _Server(
        uvicorn.Config(
            Starlette(routes=[Route(path, app) for path in app.paths]),
            http=_Connection,
            ws="none",
            lifespan="off",
            # It would write addresses, in which somebody may put a token all the same.
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=_IDLE_SECONDS,
            h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
        )
    )
    ended = anyio.Event()

    async def serve() -> None:
        await server.serve(list(sockets))
        ended.set()

    async with anyio.create_task_group() as group, app.running():
        group.start_soon(serve)
        await wait_for_end()
        server.should_exit = True
        with anyio.move_on_after(_LAST_ANSWERS_SECONDS):
            await ended.wait()


class _Server(uvicorn.Server):
    """One that leaves the signals to its caller, who ends more than this."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


class _Connection(H11Protocol):
    """One that is closed when no request comes: the library waits for the first for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self.loop.call_later(_HEAD_SECONDS, self._close_unused)

    def _close_unused(self) -> None:
        if self.cycle is None:
            self.transport.close()
