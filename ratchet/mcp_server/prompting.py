"""Prompts over the protocol, and what their arguments and the variables of templates may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import anyio
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    INVALID_PARAMS,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    EmbeddedResource,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    PaginatedRequestParams,
    PromptArgument,
    PromptMessage,
    PromptReference,
    TextContent,
)
from mcp.types import Prompt as WirePrompt

from ratchet.errors import RatchetError
from ratchet.mcp_server.execution_resources import execution_ids
from ratchet.mcp_server.library import read_page
from ratchet.mcp_server.narrowing import narrowed
from ratchet.mcp_server.principal import principal_of
from ratchet.mcp_server.prompts import PROMPTS, Argument, Message, Prompt
from ratchet.mcp_server.resources import kind_of
from ratchet.mcp_server.workshop import Workshop
from ratchet.registry.catalogue import names_in
from ratchet.task.text import nearest, printable

_MOST_VALUES = 100

Context = ServerRequestContext[dict[str, Any]]
Found = TypeVar("Found")


class Prompting:
    """Answers requests for prompts, and for completions."""

    def __init__(self, workshop: Workshop, threads: anyio.CapacityLimiter) -> None:
        self._workshop = workshop
        self._threads = threads

    async def list_prompts(self, context: Context, params: PaginatedRequestParams | None) -> ListPromptsResult:
        """Return every prompt; they fit on one page."""
        return ListPromptsResult(prompts=[_wire(prompt) for prompt in PROMPTS])

    async def get_prompt(self, context: Context, params: GetPromptRequestParams) -> GetPromptResult:
        """Return what a prompt says, filled in."""
        prompt = _find(params.name)
        arguments = _checked(prompt, params.arguments or {})
        try:
            messages = await self._in_thread(partial(_messages, self._seen_by(context), prompt, arguments))
        except RatchetError as error:
            raise MCPError(INVALID_PARAMS, error.message) from None
        return GetPromptResult(description=prompt.description, messages=messages)

    async def complete(self, context: Context, params: CompleteRequestParams) -> CompleteResult:
        """Return the values of an argument or a variable that begin with what is there, then those that hold it."""
        known = {} if params.context is None else params.context.arguments or {}
        values = await self._in_thread(partial(_values, self._seen_by(context), params, known))
        typed = params.argument.value.lower()
        fitting = [value for value in values if value.lower().startswith(typed)]
        fitting += [value for value in values if typed in value.lower() and value not in fitting]
        shown = fitting[:_MOST_VALUES]
        return CompleteResult(
            completion=Completion(values=shown, total=len(fitting), has_more=len(fitting) > len(shown))
        )

    def _seen_by(self, context: Context) -> Workshop:
        return narrowed(self._workshop, principal_of(context.request))

    async def _in_thread(self, work: Callable[[], Found]) -> Found:
        return await anyio.to_thread.run_sync(work, limiter=self._threads)


def _find(name: str) -> Prompt:
    found = next((prompt for prompt in PROMPTS if prompt.name == name), None)
    if found is None:
        match = nearest(name, [prompt.name for prompt in PROMPTS])
        hint = f": did you mean `{match}`?" if match else ""
        raise MCPError(INVALID_PARAMS, f"There is no prompt `{printable(name)}`{hint}")
    return found


def _checked(prompt: Prompt, arguments: Mapping[str, str]) -> Mapping[str, str]:
    known = [argument.name for argument in prompt.arguments]
    for name in arguments:
        if name not in known:
            raise MCPError(INVALID_PARAMS, f"`{prompt.name}` has no argument `{printable(name)}`")
    for argument in prompt.arguments:
        if argument.required and not arguments.get(argument.name, "").strip():
            raise MCPError(INVALID_PARAMS, f"`{prompt.name}` needs `{argument.name}`: {argument.description}")
    return arguments


def _messages(workshop: Workshop, prompt: Prompt, arguments: Mapping[str, str]) -> list[PromptMessage]:
    return [_message(workshop, message) for message in prompt.render(workshop, arguments)]


def _message(workshop: Workshop, message: Message) -> PromptMessage:
    if not message.uri:
        return PromptMessage(role="user", content=TextContent(type="text", text=message.text))
    contents = read_page(workshop, message.uri).contents
    return PromptMessage(role="user", content=EmbeddedResource(type="resource", resource=contents[0]))


def _values(workshop: Workshop, params: CompleteRequestParams, known: Mapping[str, str]) -> Sequence[str]:
    if isinstance(params.ref, PromptReference):
        return _values_of_argument(workshop, _find(params.ref.name), params.argument.name)
    kind = kind_of(params.ref.uri)
    return () if kind is None else kind.complete(workshop, params.argument.name, known)


def _values_of_argument(workshop: Workshop, prompt: Prompt, name: str) -> Sequence[str]:
    if name not in [argument.name for argument in prompt.arguments]:
        return ()
    if name == "task":
        return names_in(workshop.catalogue.read())
    return execution_ids(workshop) if name == "execution_id" else ()


def _wire(prompt: Prompt) -> WirePrompt:
    return WirePrompt(
        name=prompt.name,
        title=prompt.title,
        description=prompt.description,
        arguments=[_wire_argument(argument) for argument in prompt.arguments],
    )


def _wire_argument(argument: Argument) -> PromptArgument:
    return PromptArgument(name=argument.name, description=argument.description, required=argument.required)
