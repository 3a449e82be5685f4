"""An execution as it happens, as server-sent events (HTML Living Standard, 9.2)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator

from ratchet.execution.events import Event, Events

MEDIA_TYPE = "text/event-stream"
_LOOK_SECONDS = 1.0
_REMINDER_SECONDS = 15.0


async def stream_events(events: Events, seen: int, closing: threading.Event) -> AsyncIterator[bytes]:
    """Yield what has happened after so many events and what happens from now on, until the execution has ended.

    Args:
        closing: Ends the stream early; clients come again with the number of the last event they have.
    """
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    quiet = 0.0

    def tell() -> None:
        loop.call_soon_threadsafe(woken.set)

    with events.follow(tell):
        while not closing.is_set():
            for event in events.after(seen):
                seen, quiet = event.number, 0.0
                yield encode(event)
                if event.kind == "finished":
                    return
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await woken.wait()
                woken.clear()
            except TimeoutError:
                quiet += _LOOK_SECONDS
                if quiet >= _REMINDER_SECONDS:
                    quiet = 0.0
                    # A comment, so that nothing in between takes the connection for dead.
                    yield b":\n\n"


def encode(event: Event) -> bytes:
    """Return an event as it stands in the stream."""
    return f"id: {event.number}\nevent: {event.kind}\ndata: {json.dumps(event.data)}\n\n".encode("ascii")
