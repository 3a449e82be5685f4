"""The tools over the Model Context Protocol, 2025-11-25 and 2026-07-28."""

from __future__ import annotations

import functools
import json
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import anyio
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    NotificationParams,
    PaginatedRequestParams,
    ServerCapabilities,
    ToolAnnotations,
)
from mcp.types import Tool as WireTool
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

import ratchet
from ratchet.errors import RatchetError
from ratchet.mcp_server.asking import Answers, Ask, ask, can_ask
from ratchet.mcp_server.candidate import Candidate
from ratchet.mcp_server.changes import Changes
from ratchet.mcp_server.deferral import PATIENT_SECONDS, Deferrals, check_declared
from ratchet.mcp_server.failure import error_json
from ratchet.mcp_server.library import Library
from ratchet.mcp_server.narrowing import narrowed
from ratchet.mcp_server.principal import principal_of
from ratchet.mcp_server.progress import Progress
from ratchet.mcp_server.prompting import Prompting
from ratchet.mcp_server.questions import CONFIRM, INPUT, Question, filled, questions_of
from ratchet.mcp_server.result import result_of, room_of
from ratchet.mcp_server.scopes import Scopes
from ratchet.mcp_server.tool import Answer, Call, CheckedTool, Tool
from ratchet.mcp_server.tool_pages import page_of_tools
from ratchet.mcp_server.workshop import Workshop
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.text import nearest, printable
from ratchet.values import Json, JsonObject

_MOST_CALLS = 256
_MOST_READS = 8
_INSTRUCTIONS = (
    "Ratchet runs small JavaScript tasks in a sandbox. Find a task with `list_tasks`, see what it takes with "
    "`describe_task`, run it with `execute_task`; those that are tested are tools of their own too. When an execution "
    "fails, `analyze_error` says where and why."
)

Context = ServerRequestContext[dict[str, Any]]


class Asked(NamedTuple):
    """What a call may use, its arguments, and whether the user has agreed to what it may destroy."""

    workshop: Workshop
    arguments: JsonObject
    confirmed: bool = False


class Door:
    """Answers requests of clients by the tools."""

    def __init__(self, workshop: Workshop, tools: Sequence[Tool]) -> None:
        self._workshop = workshop
        self._tools = {tool.name: CheckedTool(tool) for tool in tools}
        self._threads = anyio.CapacityLimiter(_MOST_CALLS)
        self._deferrals = Deferrals()

    def add_to(self, server: Server[dict[str, Any]]) -> None:
        """Let a server answer by the tools."""
        # Its own argument has no room for what an extension answers.
        server.add_request_handler("tools/call", CallToolRequestParams, self.call_tool)
        self._deferrals.add_to(server)

    async def list_tools(self, context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        """Return the tools of this server, then the tasks that are tools, page by page where there are many."""
        listing = await anyio.to_thread.run_sync(self._workshop.shelf.first_look, limiter=self._threads)
        scopes = principal_of(context.request).scopes
        known = [*(checked.tool for checked in self._tools.values()), *listing.tools.values()]
        tools = [tool for tool in known if tool.is_allowed(scopes)]
        page, after = page_of_tools([_wire_tool(tool) for tool in tools], params.cursor if params else None)
        return ListToolsResult(tools=page, next_cursor=after)

    def input_schema(self, name: str) -> JsonObject | None:
        """Return what a tool takes; without this, the library makes the whole list at every call over HTTP."""
        if name in self._tools:
            return self._tools[name].tool.input
        listed = self._workshop.shelf.latest.tools.get(name)
        return None if listed is None else listed.input

    def check(self, scopes: Scopes, message: Json) -> None:
        """Let a message pass unless it says by itself that it asks for more than a token allows.

        Raises:
            InsufficientScope: It calls a tool that the token does not allow, or not on that task.
        """
        if not isinstance(message, dict) or message.get("method") != "tools/call":
            return
        params = message.get("params")
        if not isinstance(params, dict) or not isinstance(params.get("name"), str):
            return
        checked, arguments = self._tools.get(params["name"]), params.get("arguments")
        tool = checked.tool if checked else self._workshop.shelf.latest.tools.get(params["name"])
        # Who may not know of a task is told that there is no such tool.
        if tool is not None and (tool.task is None or scopes.allows("read", tool.task.task.name)):
            tool.check(scopes, arguments if isinstance(arguments, dict) else {})

    async def call_tool(
        self, context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult | JsonObject:
        """Call a tool; a client that can ask for the result later gets it so where it takes long."""
        principal = principal_of(context.request)
        checked = self._tools.get(params.name)
        if checked is None:
            find = functools.partial(self._find_task, params.name, principal.scopes)
            checked = await anyio.to_thread.run_sync(find, limiter=self._threads)
        if checked.tool.deferred:
            check_declared(context, f"`{params.name}` takes long: `execute_task` runs it and hands back an id")
        asked = Asked(narrowed(self._workshop, principal), params.arguments or {})
        questions = await self._questions(context, checked, asked)
        is_deferred = self._deferrals.is_wanted(context)
        # Whoever asks for the result later is asked later for his word too: the call waits, and need not be repeated.
        waits = is_deferred and not params.input_responses and any(each.key == CONFIRM for each in questions)
        later = questions if waits else []
        answers = await ask(context, params, questions) if questions and not later else {}
        if isinstance(answers, InputRequiredResult):
            return answers
        asked = _with_answers(checked, asked, answers)
        if is_deferred:
            work = functools.partial(self._work, checked, asked, later)
            return await self._deferrals.call(work, principal.owner, self._threads)
        return await self._call(context, checked, asked)

    async def _questions(self, context: Context, checked: CheckedTool, asked: Asked) -> list[Question]:
        """Return what to ask the user; a client that cannot ask has the tool refuse."""
        if not can_ask(context):
            return []
        find = functools.partial(self._find_questions, checked, asked)
        return await anyio.to_thread.run_sync(find, limiter=self._threads)

    def _find_questions(self, checked: CheckedTool, asked: Asked) -> list[Question]:
        workshop, arguments = asked.workshop, asked.arguments
        try:
            checked.tool.check(workshop.scopes, arguments)
            if checked.tool.task is not None:
                return questions_of(checked.tool.task.task, arguments, confirm=workshop.confirm)
            if not checked.tool.asks or not isinstance(arguments.get("task"), str):
                return []
            task, _ = workshop.to_run.find(arguments["task"])
        except RatchetError:
            return []  # The tool says why.
        return questions_of(task, arguments.get("input", {}), confirm=workshop.confirm)

    def _work(
        self,
        checked: CheckedTool,
        asked: Asked,
        questions: Sequence[Question],
        cancellation: Cancellation,
        heard: Callable[[JsonObject], None],
        ask_later: Ask,
    ) -> CallToolResult:
        if questions:
            asked = _with_answers(checked, asked, ask_later(questions))
        call = Call(asked.workshop, asked.arguments, cancellation, heard, PATIENT_SECONDS, asked.confirmed)
        return _answer(checked, call)

    async def _call(self, context: Context, checked: CheckedTool, asked: Asked) -> CallToolResult:
        """Call a tool in a thread; a client that cancels the request cancels what the tool has started."""
        cancellation = Cancellation()
        async with Progress(context.session.report_progress) as progress:
            call = Call(asked.workshop, asked.arguments, cancellation, progress.heard, confirmed=asked.confirmed)
            try:
                result = await anyio.to_thread.run_sync(
                    functools.partial(_answer, checked, call), abandon_on_cancel=True, limiter=self._threads
                )
            finally:
                # Of use only where the request was cancelled: a tool that has answered listens no more.
                cancellation.cancel()
        return result

    def _find_task(self, name: str, scopes: Scopes) -> CheckedTool:
        """Return a task that is a tool at this moment: as it was tested, whatever lies on the disk by then.

        Raises:
            MCPError: There is none, or none that the token lets anybody see.
        """
        listing = self._workshop.shelf.look_for(name)
        found = listing.tools.get(name) or listing.drafts.get(name)
        if found is not None and found.task is not None and scopes.allows("read", found.task.task.name):
            return CheckedTool(found)
        allowed = [known for known, tool in listing.tools.items() if tool.is_allowed(scopes)]
        match = nearest(name, [*self._tools, *allowed])
        hint = f": did you mean `{match}`?" if match else ""
        raise MCPError(INVALID_PARAMS, f"There is no tool `{printable(name)}`{hint}")


def _with_answers(checked: CheckedTool, asked: Asked, answers: Answers) -> Asked:
    """Return the arguments with what was answered; what was declined is missing, and the tool says so."""
    accepted = {key: answer.content or {} for key, answer in answers.items() if answer.action == "accept"}
    given, arguments = accepted.get(INPUT, {}), asked.arguments
    if checked.tool.task is not None:
        arguments = {**given, **arguments}
    elif given:
        arguments = {**arguments, "input": filled(arguments.get("input", {}), given)}
    return Asked(asked.workshop, arguments, accepted.get(CONFIRM, {}).get(CONFIRM) is True)


def _answer(checked: CheckedTool, call: Call) -> CallToolResult:
    try:
        answer = checked.call(call)
    except RatchetError as error:
        answer = Answer(error_json(error), failed=True)
    # A task's arguments are its own, whatever they are called.
    asked = call.arguments if checked.tool.task is None else {}
    return result_of(answer, checked, room_of(asked, call.workshop.inline_bytes))


def _sendable(text: str) -> str:
    """Return a text in which lone surrogates, which UTF-8 cannot hold, are shown as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _wire_tool(tool: Tool) -> WireTool:
    # Of a task without a case nobody knows one.
    known = tool.example or tool.task is None
    example = f"\n\nExample: {json.dumps(tool.example, ensure_ascii=False)}" if known else ""
    return WireTool(
        name=tool.name,
        title=_sendable(tool.title),
        description=_sendable(f"{tool.description}{example}"),
        input_schema=tool.input,
        output_schema=tool.whole_output,
        annotations=ToolAnnotations(
            title=_sendable(tool.title),
            read_only_hint=tool.read_only,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.read_only if tool.idempotent is None else tool.idempotent,
            open_world_hint=tool.open_world,
        ),
        _meta=None if tool.task is None else _meta_of(tool.task),
    )


def _meta_of(candidate: Candidate) -> JsonObject:
    """Return which task a tool is, and by its digest exactly which content of it was tested and is run."""
    task = candidate.task
    return {"ratchet/task": f"{candidate.address}@{task.version}", "ratchet/digest": task.digest}


class TaskServer(Server[dict[str, Any]]):
    """One that says itself that its lists may change: over HTTP, the library asks nobody else.

    Args:
        check: Tells by a message alone what a token does not allow.
    """

    def __init__(self, check: Callable[[Scopes, Json], None], **options: Any) -> None:
        super().__init__("ratchet", version=ratchet.__version__, title="Ratchet", **options)
        self.check = check

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """Return what a client of the older era is told at the handshake."""
        options = notification_options or NotificationOptions(tools_changed=True, resources_changed=True)
        return super().create_initialization_options(options, experimental_capabilities, extensions)

    def get_capabilities(self, *arguments: Any, **options: Any) -> ServerCapabilities:
        """Return what clients may rely on.

        In the newer era the library promises to tell all changes where it may tell some; prompts never change. The
        older one has no extensions.
        """
        capabilities = super().get_capabilities(*arguments, **options)
        if options.get("protocol_version") not in MODERN_PROTOCOL_VERSIONS:
            capabilities.extensions = None
        if capabilities.prompts is not None:
            capabilities.prompts.list_changed = False
        return capabilities


def create_server(workshop: Workshop, tools: Sequence[Tool], changes: Changes) -> TaskServer:
    """Return a server that offers the tools, and the tasks that are tools.

    Args:
        changes: Gets to know who wants to hear of changes.
    """
    # What the library has to say goes to stderr, warnings and above.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s: %(message)s")
    door = Door(workshop, tools)
    reads = anyio.CapacityLimiter(_MOST_READS)
    library, prompting = Library(workshop, reads), Prompting(workshop, reads)
    server = TaskServer(
        door.check,
        instructions=_INSTRUCTIONS,
        on_list_tools=door.list_tools,
        on_list_resources=library.list_resources,
        on_list_resource_templates=library.list_templates,
        on_read_resource=library.read_resource,
        on_list_prompts=prompting.list_prompts,
        on_get_prompt=prompting.get_prompt,
        on_completion=prompting.complete,
        on_subscriptions_listen=changes.listen,
        get_tool_input_schema=door.input_schema,
    )
    door.add_to(server)
    server.add_notification_handler("notifications/initialized", NotificationParams, changes.initialized)
    return server
