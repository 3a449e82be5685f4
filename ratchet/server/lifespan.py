"""What lives as long as the app: the apps of other packages in it, until the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from ratchet.sandbox.cancellation import Cancellation

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Mounted(Protocol):
    """An app of another package at one path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Serve inside the block."""
        ...


def lifespan_of(mounted: Sequence[Mounted], closing: Cancellation) -> Lifespan:
    """Return what runs mounted apps until the server begins to stop: an open stream of theirs would hold it up."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loop, closed = asyncio.get_running_loop(), asyncio.Event()
        with closing.on_cancel(lambda: _set_from_anywhere(loop, closed)):
            begun = [asyncio.Event() for _ in mounted]
            running = [asyncio.ensure_future(_run(*each, closed)) for each in zip(mounted, begun, strict=True)]
            for each in begun:
                await each.wait()
            yield
            closed.set()
            await asyncio.gather(*running)

    return lifespan


async def _run(app: Mounted, begun: asyncio.Event, closed: asyncio.Event) -> None:
    # In a task of its own: what is entered in one must be left in it.
    async with app.running():
        begun.set()
        await closed.wait()


def _set_from_anywhere(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)
