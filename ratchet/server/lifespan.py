"""What lives as long as the app: an app of another package in it, until the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple, Protocol

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from ratchet.sandbox.cancellation import Cancellation

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Guest(Protocol):
    """An app of another package."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Serve inside the block."""
        ...


class Mounted(NamedTuple):
    """Where an app of another package is put.

    Args:
        checks_tokens: Whether it takes tokens of its own there, in place of the API key.
    """

    app: Guest
    paths: tuple[str, ...]
    checks_tokens: bool = False


def lifespan_of(mounted: Guest | None, closing: Cancellation) -> Lifespan:
    """Return what runs a mounted app until the server begins to stop: an open stream of it would hold it up."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if mounted is None:
            yield
            return
        loop, begun, closed = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        with closing.on_cancel(lambda: _set_from_anywhere(loop, closed)):
            running = asyncio.ensure_future(_run(mounted, begun, closed))
            await begun.wait()
            yield
            closed.set()
            await running

    return lifespan


async def _run(app: Guest, begun: asyncio.Event, closed: asyncio.Event) -> None:
    # In a task of its own: what is entered in one must be left in it.
    async with app.running():
        begun.set()
        await closed.wait()


def _set_from_anywhere(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)
