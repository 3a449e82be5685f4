"""The size of the body of a request, as announced and as it comes."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet.errors import TooLarge
from ratchet.server.problem import problem_answer


class BodyLimit:
    """Reads no more of a body than it may have."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._most_bytes:
            # The connection is closed, since nobody reads the body.
            await problem_answer(TooLarge(self._sentence), {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    @property
    def _sentence(self) -> str:
        return f"The body is larger than {self._most_bytes:,} bytes, which `server.max_body_bytes` allows"

    def _counted(self, receive: Receive) -> Receive:
        count = 0

        async def receive_counted() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > self._most_bytes:
                # What reads the body passes on this class alone.
                raise HTTPException(TooLarge.http_status, self._sentence)
            return message

        return receive_counted
