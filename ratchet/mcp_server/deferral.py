"""Calls of tools that go on after they have been answered (extension `io.modelcontextprotocol/tasks`, SEP-2663).

What the protocol calls a task is one call of a tool here: the client asks for its result until it is there.
"""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import anyio
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.inbound import decode_header_value
from mcp.types import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CallToolResult,
    ClientCapabilities,
    RequestParams,
)
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from ratchet.mcp_server.deferred import TTL_SECONDS, Deferred, Work
from ratchet.mcp_server.principal import principal_of
from ratchet.task.text import printable
from ratchet.values import JsonObject

EXTENSION = "io.modelcontextprotocol/tasks"

PATIENT_SECONDS = 86_400.0
"""How long a call waits that nobody waits for: as long as an execution may take."""

_PROMPT_SECONDS = 0.5
_MOST = 1000

Context = ServerRequestContext[dict[str, Any]]


class TaskParams(RequestParams):
    """What `tasks/get` and `tasks/cancel` take."""

    task_id: str


class UpdateParams(TaskParams):
    """What `tasks/update` takes."""

    input_responses: dict[str, Any] | None = None


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

    async def call(self, work: Work, owner: str, limiter: anyio.CapacityLimiter) -> CallToolResult | JsonObject:
        """Call a tool, and return what it gives back if that is soon, else where its owner is to ask for it."""
        deferred = Deferred(work, owner)
        try:
            soon = partial(deferred.news.wait, _PROMPT_SECONDS)
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
        self._find(context, params.task_id).answer(params.input_responses or {})
        return {}

    async def _cancel(self, context: Context, params: TaskParams) -> JsonObject:
        self._find(context, params.task_id).cancel()
        return {}

    def _find(self, context: Context, identity: str) -> Deferred:
        if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            raise MCPError(METHOD_NOT_FOUND, "Method not found")
        check_declared(context)
        _check_name(context, identity)
        with self._lock:
            self._forget()
            deferred = self._known.get(identity)
        if deferred is None or deferred.owner != principal_of(context.request).owner:
            raise MCPError(INVALID_PARAMS, f"There is no task `{printable(identity)}`")
        return deferred

    def _forget(self) -> None:
        oldest = time.time() - TTL_SECONDS
        ended = [each.id for each in self._known.values() if each.created < oldest and each.future.done()]
        for identity in ended:
            del self._known[identity]


def check_declared(context: Context, message: str | None = None) -> None:
    """Let a request of the newer era pass whose client knows the extension.

    Args:
        message: What to say to another one.

    Raises:
        MCPError: The client has not declared it.
    """
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS and not _declares(context):
        needed: JsonObject = {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}
        told = message or f"The client has not declared the extension `{EXTENSION}`"
        raise MCPError(MISSING_REQUIRED_CLIENT_CAPABILITY, told, needed)


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
