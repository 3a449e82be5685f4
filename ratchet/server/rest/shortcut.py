"""The way of the requests that a server has most of: to run a task by its name, with a body and nothing else.

It leads to what `execute_task` does and to the same answers, without what the framework does for every request, which
costs more than all the rest of Ratchet's part. Whatever is unusual about a request goes on to the framework.
"""

from __future__ import annotations

import json
import re

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet.errors import RatchetError
from ratchet.server.problem import error_of, problem_answer
from ratchet.server.rest.asked import SLUG, Asked
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.rest.task_runs import EXECUTE, ExecuteBody, answer_of, execute_task, start_soon
from ratchet.server.service import Service

_ROUTE = Route(PREFIX + EXECUTE, execute_task)
_PATH = re.compile(rf"{PREFIX}/tasks/({SLUG.strip('^$')})/execute")
_JSON = b"application/json"
_MOST_BYTES = 64 * 1024


class Shortcut:
    """Runs tasks that are asked for in the usual way, and passes everything else on."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        name = _task_in(scope)
        if name is None:
            await self._app(scope, receive, send)
            return
        # As the framework notes it, for the metrics.
        scope["route"] = _ROUTE
        try:
            message = await receive()
        except HTTPException as refusal:
            # The body takes too long; the framework would say the same.
            error = error_of(refusal.status_code, refusal.detail)
            await problem_answer(error, refusal.headers)(scope, receive, send)
            return
        body = _body_in(message)
        if body is None:
            await self._app(scope, _again(message, receive), send)
            return
        try:
            answer = await answer_of(start_soon(self._service, Asked(name, None, None), body), body.wait_seconds)
        except RatchetError as error:
            answer = problem_answer(error)
        await answer(scope, receive, send)


def _task_in(scope: Scope) -> str | None:
    """Return the name of the task that a request with nothing unusual in its head asks for."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
        return None
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        return None
    headers = dict(scope["headers"])
    usual = headers.get(b"content-type") == _JSON and b"idempotency-key" not in headers
    return found[1] if usual else None


def _body_in(message: Message) -> ExecuteBody | None:
    """Return the body that a message holds whole, where nothing is wrong with it."""
    text = message.get("body", b"")
    if message["type"] != "http.request" or message.get("more_body", False) or len(text) > _MOST_BYTES:
        return None
    try:
        return ExecuteBody.model_validate(json.loads(text))
    except (ValueError, RecursionError, ValidationError):
        return None  # The framework says what is wrong, as it does elsewhere.


def _again(message: Message, receive: Receive) -> Receive:
    """Return what receives a message once more, before those that follow."""
    waiting = [message]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
