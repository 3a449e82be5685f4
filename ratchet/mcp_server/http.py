"""The tools over streamable HTTP, as an ASGI app for one path (MCP 2025-11-25 and 2026-07-28, transports)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from ratchet.errors import InsufficientScope
from ratchet.mcp_server.body import Body
from ratchet.mcp_server.credentials import Credentials, Denied
from ratchet.mcp_server.guard import Guard, refusal
from ratchet.mcp_server.principal import KEY, Principal
from ratchet.mcp_server.scopes import Scopes
from ratchet.values import Json

PATH = "/mcp"
"""Where clients look for it."""

Check = Callable[[Scopes, Json], None]

MOST_BODY_BYTES = 16 * 1024 * 1024
_BODY_SECONDS = 30.0
_MOST_SESSIONS = 1000
_IDLE_SESSION_SECONDS = 30 * 60.0


def create_http_app(
    server: Server[dict[str, Any]],
    *,
    check: Check | None = None,
    credentials: Credentials | None,
    hosts: Callable[[str], bool],
    documents: Mapping[str, bytes] | None = None,
    most_body_bytes: int = MOST_BODY_BYTES,
    body_seconds: float = _BODY_SECONDS,
) -> HttpApp:
    """Return an app to put at its paths in another: `Route(path, app)`, and `app.running()` in the other's lifespan.

    Args:
        check: Raises InsufficientScope for a message that says by itself that scopes do not allow what it asks.
        credentials: What clients must show as a bearer token; None lets everybody in.
        hosts: Tells whether a name is one of this server's, for `Host` and `Origin`.
        documents: JSON by the path at which anybody may read it.
        most_body_bytes: The size of a request.
        body_seconds: How long a client may take to send one.
    """
    return HttpApp(server, check, Guard(credentials, hosts), documents or {}, most_body_bytes, body_seconds)


class HttpApp:
    """Answers the requests of any number of clients, each in the era of the protocol that it chooses."""

    def __init__(
        self,
        server: Server[dict[str, Any]],
        check: Check | None,
        guard: Guard,
        documents: Mapping[str, bytes],
        most_body_bytes: int,
        body_seconds: float,
    ) -> None:
        self._check = check
        self._guard = guard
        self._documents = documents
        self._most_body_bytes = most_body_bytes
        self._body_seconds = body_seconds
        self._in_flight: set[anyio.CancelScope] = set()
        self._sessions = StreamableHTTPSessionManager(
            server,
            max_request_body_size=most_body_bytes,
            max_sessions=_MOST_SESSIONS,
            session_idle_timeout=_IDLE_SESSION_SECONDS,
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """Where it is to be put."""
        return (PATH, *self._documents)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve inside a `with` block, which can be entered once; its end cancels what is in flight."""
        async with self._sessions.run():
            try:
                yield
            finally:
                for scope in self._in_flight:
                    scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        admitted = await self._admit(scope)
        if isinstance(admitted, Response):
            await admitted(scope, receive, send)
            return
        scope = {**scope, "user": _user_of(admitted), KEY: admitted}
        answer = _Answer(send)
        with anyio.CancelScope() as cancel_scope:
            self._in_flight.add(cancel_scope)
            try:
                await self._answer(admitted, scope, _in_time(receive, self._body_seconds), answer.send)
            except TimeoutError:
                if answer.begun:
                    raise
                await refusal(408, "The request did not arrive in time")(scope, receive, answer.send)
            finally:
                self._in_flight.discard(cancel_scope)
        await answer.finish(scope, receive)

    async def _answer(self, principal: Principal, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of a principal; who may do everything is not asked what for."""
        if self._check is not None and not principal.scopes.is_whole:
            body = Body(receive, self._most_body_bytes)
            try:
                self._check(principal.scopes, await body.read_json())
            except InsufficientScope as error:
                denied = Denied(403, error.message, error="insufficient_scope", scope=error.scope)
                await self._guard.deny(denied)(scope, receive, send)
                return
            receive = body.receive
        await self._sessions.asgi_app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Principal | Response:
        """Return who asks, or the answer where no tool has a part in it."""
        refused = self._guard.check_names(scope)
        if refused is not None:
            return refused
        document = self._documents.get(scope["path"])
        if document is not None:
            return _page(document) if scope["method"] in ("GET", "HEAD") else refusal(405, "It can only be read")
        return await self._guard.admit(scope)


def _page(document: bytes) -> Response:
    return Response(document, media_type="application/json", headers={"Cache-Control": "public, max-age=3600"})


def _user_of(principal: Principal) -> AuthenticatedUser:
    """Return who asks as the library knows them: it lets nobody else use a session that they have opened."""
    token = AccessToken(
        token="",
        client_id=principal.client,
        scopes=[],
        subject=principal.subject,
        claims={"iss": principal.issuer},
    )
    return AuthenticatedUser(token)


class _Answer:
    """What has been sent of one answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self._ended = False

    async def send(self, message: Message) -> None:
        """Send a part of it."""
        self.begun = True
        self._ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def finish(self, scope: Scope, receive: Receive) -> None:
        """End it where the server has ended first; a client that has gone away does not mind."""
        if not self.begun:
            await refusal(503, "The server has ended")(scope, receive, self._send)
        elif not self._ended:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _in_time(receive: Receive, seconds: float) -> Callable[[], Awaitable[Message]]:
    """Return a `receive` that waits for the body so long and no longer; what comes after it may take any time."""
    deadline = anyio.current_time() + seconds
    whole = False

    async def receive_in_time() -> Message:
        nonlocal whole
        if whole:
            return await receive()
        with anyio.fail_after(deadline - anyio.current_time()):
            message = await receive()
        whole = not message.get("more_body", False)
        return message

    return receive_in_time
