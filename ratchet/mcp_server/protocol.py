"""The tools over the Model Context Protocol, 2025-11-25 and 2026-07-28."""

from __future__ import annotations

import functools
import json
import logging
import sys
from collections.abc import Sequence
from typing import Any

import anyio
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    ToolAnnotations,
)
from mcp.types import Tool as WireTool

import ratchet
from ratchet.errors import RatchetError
from ratchet.mcp_server.failure import error_json
from ratchet.mcp_server.library import Library
from ratchet.mcp_server.progress import Progress
from ratchet.mcp_server.result import result_of, room_of
from ratchet.mcp_server.tool import Answer, Call, CheckedTool, Tool
from ratchet.mcp_server.workshop import Workshop
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.text import nearest, printable
from ratchet.values import JsonObject

_MOST_CALLS = 256
_MOST_READS = 8
_INSTRUCTIONS = (
    "Ratchet runs small JavaScript tasks in a sandbox. Find a task with `list_tasks`, see what it takes with "
    "`describe_task`, run it with `execute_task`. When an execution fails, `analyze_error` says where and why."
)

Context = ServerRequestContext[dict[str, Any]]


class Door:
    """Answers requests of clients by the tools."""

    def __init__(self, workshop: Workshop, tools: Sequence[Tool]) -> None:
        self._workshop = workshop
        self._tools = {tool.name: CheckedTool(tool) for tool in tools}
        self._threads = anyio.CapacityLimiter(_MOST_CALLS)

    async def list_tools(self, context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        """Return every tool; they fit on one page."""
        return ListToolsResult(tools=[_wire_tool(checked.tool) for checked in self._tools.values()])

    def input_schema(self, name: str) -> JsonObject | None:
        """Return what a tool takes; without this, the library makes the whole list at every call over HTTP."""
        checked = self._tools.get(name)
        return None if checked is None else checked.tool.input

    async def call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        """Call a tool in a thread; a client that cancels the request cancels what the tool has started."""
        checked = self._tools.get(params.name)
        if checked is None:
            match = nearest(params.name, list(self._tools))
            hint = f": did you mean `{match}`?" if match else ""
            raise MCPError(INVALID_PARAMS, f"There is no tool `{printable(params.name)}`{hint}")
        cancellation = Cancellation()
        async with Progress(context.session.report_progress) as progress:
            call = Call(self._workshop, params.arguments or {}, cancellation, progress.heard)
            try:
                result = await anyio.to_thread.run_sync(
                    functools.partial(_answer, checked, call), abandon_on_cancel=True, limiter=self._threads
                )
            finally:
                # Of use only where the request was cancelled: a tool that has answered listens no more.
                cancellation.cancel()
        return result


def _answer(checked: CheckedTool, call: Call) -> CallToolResult:
    try:
        answer = checked.call(call)
    except RatchetError as error:
        answer = Answer(error_json(error), failed=True)
    return result_of(answer, checked, room_of(call.arguments, call.workshop.inline_bytes))


def _wire_tool(tool: Tool) -> WireTool:
    example = json.dumps(tool.example, ensure_ascii=False)
    return WireTool(
        name=tool.name,
        title=tool.title,
        description=f"{tool.description}\n\nExample: {example}",
        input_schema=tool.input,
        output_schema=tool.whole_output,
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.read_only,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.read_only,
            open_world_hint=tool.open_world,
        ),
    )


class _Server(Server[dict[str, Any]]):
    """One that says itself whether its tools may change: over HTTP, the library asks nobody else."""

    tools_change = False

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """Return what a client of the older era is told at the handshake."""
        options = notification_options or NotificationOptions(tools_changed=self.tools_change)
        return super().create_initialization_options(options, experimental_capabilities, extensions)


def create_server(workshop: Workshop, tools: Sequence[Tool], *, tools_change: bool = False) -> Server[dict[str, Any]]:
    """Return a server that offers the tools.

    Args:
        tools_change: Whether clients are told that the list may change, and are to be told when it does.
    """
    # What the library has to say goes to stderr, warnings and above.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s: %(message)s")
    door = Door(workshop, tools)
    library = Library(workshop, anyio.CapacityLimiter(_MOST_READS))
    server = _Server(
        "ratchet",
        version=ratchet.__version__,
        title="Ratchet",
        instructions=_INSTRUCTIONS,
        on_list_tools=door.list_tools,
        on_call_tool=door.call_tool,
        on_list_resources=library.list_resources,
        on_list_resource_templates=library.list_templates,
        on_read_resource=library.read_resource,
        get_tool_input_schema=door.input_schema,
    )
    server.tools_change = tools_change
    return server
