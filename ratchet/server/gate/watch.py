"""A request as the log and the metrics see it: its id, its answer, its time."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet.errors import RatchetError
from ratchet.server.problem import problem_answer

_HEADER = "X-Request-Id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ABORTED = 499
# To ask the system for chance each time would have the loop wait for its turn each time.
_PROCESS = secrets.token_hex(8)
_count = itertools.count(1)
Observe = Callable[[str, str, int, float], None]
"""Takes the method, the route, the status and the seconds of a request."""


class RequestWatch:
    """Gives each request an id, and tells the log and the metrics how it went.

    Args:
        log: Where the line goes, and what a bug in Ratchet leaves behind.
    """

    def __init__(self, app: ASGIApp, log: logging.Logger, observe: Observe) -> None:
        self._app = app
        self._log = log
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = _id_of(scope)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_HEADER] = identity
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            self._log.exception("A bug in Ratchet", extra={"fields": {"request_id": identity}})
            if status == 0:
                error = RatchetError("This is a bug in Ratchet", hint=f"The log says more of the request `{identity}`")
                await problem_answer(error)(scope, receive, send_with_id)
        finally:
            self._tell(scope, identity, status or _ABORTED, time.perf_counter() - started)

    def _tell(self, scope: Scope, identity: str, status: int, seconds: float) -> None:
        method = scope["method"]
        self._observe(method, route_of(scope), status, seconds)
        if self._log.isEnabledFor(logging.INFO):
            path = scope["raw_path"].decode("latin-1")
            client = scope["client"][0] if scope.get("client") else None
            fields = {
                "request_id": identity,
                "method": method,
                "path": path,
                "status": status,
                "duration_ms": round(seconds * 1000, 1),
                "client": client,
            }
            self._log.info("%s %s %d", method, path, status, extra={"fields": fields})


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get(_HEADER, "")
    return given if _ID.fullmatch(given) else f"{_PROCESS}-{next(_count)}"


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered, so that there are no more names than routes."""
    return getattr(scope.get("route"), "path", "") or "none"
