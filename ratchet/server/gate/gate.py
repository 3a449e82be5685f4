"""Who may ask what: every check in turn, before anything of a request is read but its head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from ratchet.errors import RatchetError
from ratchet.server.problem import problem_answer

TRUSTED = "ratchet.trusted"
"""The key of a scope that was made in this process, by whoever runs it."""


class Check(Protocol):
    """One reason to refuse a request."""

    def __call__(self, connection: HTTPConnection) -> None:
        """Raise a RatchetError for a request that is refused."""


class Refusal(Exception):
    """An error with headers that belong to its answer."""

    def __init__(self, error: RatchetError, headers: dict[str, str]) -> None:
        super().__init__(error.message)
        self.error = error
        self.headers = headers


class Gate:
    """Lets through what no check refuses."""

    def __init__(self, app: ASGIApp, checks: Sequence[Check]) -> None:
        self._app = app
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "http" and not scope.get(TRUSTED):
            connection = HTTPConnection(scope)
            try:
                for check in self._checks:
                    check(connection)
            except Refusal as refusal:
                await problem_answer(refusal.error, refusal.headers)(scope, receive, send)
                return
            except RatchetError as error:
                await problem_answer(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
