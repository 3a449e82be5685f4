"""The body of a request: its size, as announced and as it comes, and the time that it takes."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet.errors import TooLarge, TooSlow
from ratchet.server.problem import problem_answer

_MOST_SECONDS = 60.0
_CLOSE = {"Connection": "close"}


class BodyLimit:
    """Reads no more of a body than it may have, and for no longer."""

    def __init__(self, app: ASGIApp, most_bytes: int, most_seconds: float = _MOST_SECONDS) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._most_bytes:
            # The connection is closed, since nobody reads the body.
            await problem_answer(TooLarge(self._sentence), _CLOSE)(scope, receive, send)
            return
        await self._app(scope, self._bounded(receive), send)

    @property
    def _sentence(self) -> str:
        return f"The body is larger than {self._most_bytes:,} bytes, which `server.max_body_bytes` allows"

    def _bounded(self, receive: Receive) -> Receive:
        count, is_whole = 0, False
        ends = asyncio.get_running_loop().time() + self._most_seconds

        async def receive_bounded() -> Message:
            nonlocal count, is_whole
            # What comes after the body is the end of the connection, which may take as long as it likes.
            message = await (receive() if is_whole else self._in_time(receive, ends))
            count += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if count > self._most_bytes:
                # What reads the body passes on this class alone.
                raise HTTPException(TooLarge.http_status, self._sentence)
            return message

        return receive_bounded

    async def _in_time(self, receive: Receive, ends: float) -> Message:
        try:
            async with asyncio.timeout_at(ends):
                return await receive()
        except TimeoutError:
            sentence = f"The body is not there after {self._most_seconds:g} seconds"
            raise HTTPException(TooSlow.http_status, sentence, _CLOSE) from None
