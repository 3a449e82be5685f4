"""`HEAD` wherever `GET` is: the same answer without its body (RFC 9110, 9.3.2)."""

from __future__ import annotations

from anyio import CancelScope
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_END: Message = {"type": "http.response.body", "body": b""}


class HeadAsGet:
    """Asks for the same with `GET`, and passes on the head of the answer alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send(_END)
                # A body may go on for as long as an execution does.
                rest.cancel()

        asked = {**scope, "method": "GET"}
        with CancelScope() as rest:
            await self._app(asked, receive, send_head)
        # The log and the metrics call the request by its route.
        scope["route"] = asked.get("route")
