"""The body of a request, which is looked at before whoever answers reads it."""

from __future__ import annotations

import json

from starlette.types import Message, Receive

from ratchet.values import Json


class Body:
    """Keeps what it reads.

    Args:
        most_bytes: Where it reads no further: whoever answers refuses what is larger.
    """

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self._receive = receive
        self._most_bytes = most_bytes
        self._kept: list[Message] = []

    async def read_json(self) -> Json:
        """Return what the whole body says; None where it is no JSON, or too large."""
        data, more = b"", True
        while more and len(data) <= self._most_bytes:
            message = await self._receive()
            self._kept.append(message)
            data += message.get("body", b"")
            more = message.get("more_body", False)
        try:
            return None if more else json.loads(data)
        except (ValueError, RecursionError):
            return None

    async def receive(self) -> Message:
        """Return the messages again, and then those that follow (ASGI 3)."""
        return self._kept.pop(0) if self._kept else await self._receive()
