"""Serve any number of clients over HTTP, until a signal ends it."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from ratchet.listening.config import listening_config
from ratchet.mcp_server.http import HttpApp
from ratchet.mcp_server.signals import wait_for_end

_LAST_ANSWERS_SECONDS = 1.0
_MOST_CONNECTIONS = 512


def serve_http(app: HttpApp, sockets: Sequence[socket.socket]) -> None:
    """Serve an app at its paths until a signal says so; what is in flight then has a moment to end."""
    anyio.run(_serve, app, sockets)


async def _serve(app: HttpApp, sockets: Sequence[socket.socket]) -> None:
    server = _Server(
        listening_config(
            Starlette(routes=[Route(path, app) for path in app.paths]),
            lifespan="off",
            limit_concurrency=_MOST_CONNECTIONS,
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
