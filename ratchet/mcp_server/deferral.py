"""Calls of tools that go on after they have been answered (extension `io.modelcontextprotocol/tasks`, SEP-2663).

What the protocol calls a task is one call of a tool here: the client asks for its result until it is there.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

import anyio
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.inbound import decode_header_value
from mcp.types import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CallToolResult,
    ClientCapabilities,
    RequestParams,
)
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from ratchet.mcp_server.progress import words_of
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.text import printable
from ratchet.values import JsonObject

EXTENSION = "io.modelcontextprotocol/tasks"

PATIENT_SECONDS = 86_400.0
"""How long a call waits that nobody waits for: as long as an execution may take."""

_PROMPT_SECONDS = 0.5
_TTL_MS = 3_600_000
_POLL_MS = 500
_MOST = 1000

Context = ServerRequestContext[dict[str, Any]]
Status = Literal["working", "completed", "failed", "cancelled"]
Work = Callable[[Cancellation, Callable[[JsonObject], None]], CallToolResult]
"""Calls a tool, and stops when it is cancelled; its reports of progress go to the second argument."""


class TaskParams(RequestParams):
    """What `tasks/get` and `tasks/cancel` take."""

    task_id: str


class UpdateParams(TaskParams):
    """What `tasks/update` takes."""

    input_responses: dict[str, Any] | None = None


class Deferred:
    """One call, in a thread of its own, which nobody waits for when the server ends."""

    def __init__(self, work: Work) -> None:
        self.id = uuid.uuid4().hex
        self.created = self._changed = time.time()
        self._work = work
        self._cancellation = Cancellation()
        self._cancelled = False
        self._said: str | None = None
        self.future: Future[CallToolResult] = Future()
        threading.Thread(target=self._run, name="deferred call", daemon=True).start()

    def _run(self) -> None:
        try:
            result = self._work(self._cancellation, self._heard)
        except BaseException as error:
            self._changed = time.time()
            self.future.set_exception(error)
        else:
            self._changed = time.time()
            self.future.set_result(result)

    def _heard(self, report: JsonObject) -> None:
        self._said, self._changed = words_of(report), time.time()

    def cancel(self) -> None:
        """Stop it; what has ended stays as it is."""
        self._cancelled = self._cancelled or not self.future.done()
        self._cancellation.cancel()

    @property
    def status(self) -> Status:
        """How far it is."""
        if not self.future.done():
            return "working"
        if self._cancelled:
            return "cancelled"
        return "failed" if self.future.exception() else "completed"

    def to_json(self) -> JsonObject:
        """Return what is said of it without its result."""
        told: JsonObject = {
            "taskId": self.id,
            "status": self.status,
            "createdAt": _time_text(self.created),
            "lastUpdatedAt": _time_text(self._changed),
            "ttlMs": _TTL_MS,
            "pollIntervalMs": _POLL_MS,
        }
        return told if self._said is None else {**told, "statusMessage": self._said}

    def to_detailed_json(self) -> JsonObject:
        """Return what is said of it, with its result or its error where it has one."""
        told = self.to_json()
        if told["status"] == "completed":
            told["result"] = self.future.result().model_dump(mode="json", by_alias=True, exclude_none=True)
        elif told["status"] == "failed":
            told["error"] = _error_json(self.future.exception())
        return told


class Deferrals:
    """The calls that have been answered before they ended, and those that ended within the last hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Deferred] = {}

    def is_wanted(self, context: Context) -> bool:
        """Tell whether a client asks for results later where they take long, and there is room for one more."""
        if not _declares(context):
            return False
        with self._lock:
            self._forget()
            return len(self._known) < _MOST

    async def call(self, work: Work, limiter: anyio.CapacityLimiter) -> CallToolResult | JsonObject:
        """Call a tool, and return what it gives back if that is soon, else where to ask for it."""
        deferred = Deferred(work)
        try:
            soon = partial(wait, [deferred.future], _PROMPT_SECONDS)
            await anyio.to_thread.run_sync(soon, abandon_on_cancel=True, limiter=limiter)
        except BaseException:
            deferred.cancel()
            raise
        if deferred.future.done():
            return deferred.future.result()
        with self._lock:
            self._known[deferred.id] = deferred
        return {"resultType": "task", **deferred.to_json()}

    def add_to(self, server: Server[dict[str, Any]]) -> None:
        """Let a server answer questions for calls that go on, and say that it does."""
        server.extensions[EXTENSION] = {}
        server.add_request_handler("tasks/get", TaskParams, self._get)
        server.add_request_handler("tasks/update", UpdateParams, self._update)
        server.add_request_handler("tasks/cancel", TaskParams, self._cancel)

    async def _get(self, context: Context, params: TaskParams) -> JsonObject:
        return self._find(context, params.task_id).to_detailed_json()

    async def _update(self, context: Context, params: UpdateParams) -> JsonObject:
        """Take answers to questions; a call asks all of its own before it begins, so they answer nothing."""
        self._find(context, params.task_id)
        return {}

    async def _cancel(self, context: Context, params: TaskParams) -> JsonObject:
        self._find(context, params.task_id).cancel()
        return {}

    def _find(self, context: Context, identity: str) -> Deferred:
        if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            raise MCPError(METHOD_NOT_FOUND, "Method not found")
        if not _declares(context):
            needed: JsonObject = {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}
            message = f"The client has not declared the extension `{EXTENSION}`"
            raise MCPError(MISSING_REQUIRED_CLIENT_CAPABILITY, message, needed)
        _check_name(context, identity)
        with self._lock:
            self._forget()
            deferred = self._known.get(identity)
        if deferred is None:
            raise MCPError(INVALID_PARAMS, f"There is no task `{printable(identity)}`")
        return deferred

    def _forget(self) -> None:
        oldest = time.time() - _TTL_MS / 1000
        ended = [each.id for each in self._known.values() if each.created < oldest and each.future.done()]
        for identity in ended:
            del self._known[identity]


def _declares(context: Context) -> bool:
    """Tell whether the client of a request of the newer era knows the extension."""
    wanted = ClientCapabilities(extensions={EXTENSION: {}})
    is_modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
    return is_modern and context.session.check_client_capability(wanted)


def _check_name(context: Context, identity: str) -> None:
    """Hold a header of HTTP to the request that it repeats (SEP-2243), which the library does for its own methods."""
    headers = getattr(context.request, "headers", {})
    name = headers.get("mcp-name")
    if name is not None and decode_header_value(name) != identity:
        raise MCPError(HEADER_MISMATCH, "The header `Mcp-Name` is not the `taskId` of the request")


def _error_json(error: BaseException | None) -> JsonObject:
    if isinstance(error, MCPError):
        return {"code": error.error.code, "message": error.error.message}
    logging.getLogger(__name__).error("A call of a tool has failed", exc_info=error)
    return {"code": INTERNAL_ERROR, "message": "Internal error"}


def _time_text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
