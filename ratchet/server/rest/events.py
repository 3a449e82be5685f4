"""An execution as it happens, as server-sent events (HTML Living Standard, 9.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from ratchet.execution.events import Event, Events
from ratchet.sandbox.cancellation import Cancellation

MEDIA_TYPE = "text/event-stream"
_REMINDER_SECONDS = 15.0


async def stream_events(events: Events, seen: int, closing: Cancellation) -> AsyncIterator[bytes]:
    """Yield what has happened after so many events and what happens from now on, until the execution has ended.

    Args:
        closing: Ends the stream early; clients come again with the number of the last event they have.
    """
    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        loop.call_soon_threadsafe(woken.set)

    with events.follow(tell), closing.on_cancel(tell):
        while not closing.cancelled:
            for event in events.after(seen):
                seen = event.number
                yield encode(event)
                if event.kind == "finished":
                    return
            try:
                async with asyncio.timeout(_REMINDER_SECONDS):
                    await woken.wait()
                woken.clear()
            except TimeoutError:
                # A comment, so that nothing in between takes the connection for dead.
                yield b":\n\n"


def encode(event: Event) -> bytes:
    """Return an event as it stands in the stream."""
    return f"id: {event.number}\nevent: {event.kind}\ndata: {json.dumps(event.data)}\n\n".encode("ascii")
