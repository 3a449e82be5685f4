"""Describe a tool, and check what it is called with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ratchet.errors import InsufficientScope, InvalidInput
from ratchet.mcp_server.candidate import Candidate
from ratchet.mcp_server.media import Media
from ratchet.mcp_server.schemas import with_failures
from ratchet.mcp_server.scopes import Action, Scopes
from ratchet.mcp_server.workshop import Workshop
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.schema import check_value, compile_schema
from ratchet.values import JsonObject

WAIT_SECONDS = 45
"""Clients give up after about a minute."""


class Call(NamedTuple):
    """One call of a tool.

    Args:
        cancellation: Cancelled when the client does not want the answer any more.
        heard: Takes the progress reports of the task that the call runs.
        wait_seconds: How long the client waits for an end where it does not say so.
        confirmed: Whether the user has agreed to what a task may destroy.
    """

    workshop: Workshop
    arguments: JsonObject
    cancellation: Cancellation
    heard: Callable[[JsonObject], None]
    wait_seconds: float = WAIT_SECONDS
    confirmed: bool = False


_NO_RESOURCES: Mapping[str, str] = {}


class Answer(NamedTuple):
    """What a tool gives back.

    Args:
        failed: Whether the client is told that the call failed, for a reason that the value gives.
        resources: Where parts of the value can be read whole, by their JSON Pointers.
        media: Texts in the value that are pictures, sounds or documents.
    """

    value: JsonObject
    failed: bool = False
    resources: Mapping[str, str] = _NO_RESOURCES
    media: tuple[Media, ...] = ()


class Tool(NamedTuple):
    """What clients see of a tool, and what it does.

    Args:
        description: What it is for, with when to call it.
        example: Arguments to show; they fit the input schema. Empty where none are known.
        output: The JSON Schema of what it gives back when it does not fail.
        read_only: It changes nothing.
        destructive: It may take something away.
        open_world: It may reach the network.
        tells_left_out: What it gives back has room for what was left out where it was too large.
        idempotent: To call it again changes nothing more; None where that follows from changing nothing.
        task: The task that it is; None where it is none. A task checks its arguments itself, as its schema may be
            foreign and refer to its files.
        deferred: It takes longer than a client waits, so that it is only for those who ask for its result later.
        asks: It has a task run on an `input`: the user is asked for what that lacks, and before the task destroys.
        needs: What a token must allow, one of these; the first of them on the task that the arguments name.
        fits: Tells whether a value fits the output schema, where that is not for this process to check.
    """

    name: str
    title: str
    description: str
    example: JsonObject
    input: JsonObject
    output: JsonObject
    call: Callable[[Call], Answer]
    read_only: bool = True
    destructive: bool = False
    open_world: bool = False
    tells_left_out: bool = True
    idempotent: bool | None = None
    task: Candidate | None = None
    deferred: bool = False
    asks: bool = False
    needs: tuple[Action, ...] = ("read",)
    fits: Callable[[JsonObject], bool] | None = None

    def check(self, scopes: Scopes, arguments: JsonObject) -> None:
        """Let a call pass that a token allows.

        Raises:
            InsufficientScope: It does not.
        """
        if self.task is not None:
            for called in (self.task.task.name, *self.task.called):
                scopes.check("run", called)
            return
        scopes.check_some(self.needs)
        for named in (arguments.get("task"), arguments.get("name")):
            if isinstance(named, str):
                scopes.check(self.needs[0], named)

    def is_allowed(self, scopes: Scopes) -> bool:
        """Tell whether a token allows any call of it."""
        try:
            self.check(scopes, {})
        except InsufficientScope:
            return False
        return True

    @property
    def whole_output(self) -> JsonObject:
        """The JSON Schema of what clients get, failures among it: some hold those to the schema too."""
        return with_failures(self.output) if self.tells_left_out else self.output


class CheckedTool:
    """A tool whose arguments are checked before it is called."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self._schema = compile_schema(tool.input) if tool.task is None else None

    def fits(self, value: JsonObject) -> bool:
        """Tell whether what clients are to get fits the schema that they know."""
        if self.tool.fits is not None:
            return self.tool.fits(value)
        return not check_value(compile_schema(self.tool.whole_output), value)

    def call(self, call: Call) -> Answer:
        """Call the tool.

        Raises:
            InsufficientScope: The token does not allow it.
            InvalidInput: With every violation of the input schema.
        """
        self.tool.check(call.workshop.scopes, call.arguments)
        problems = check_value(self._schema, call.arguments) if self._schema else []
        if problems:
            example = json.dumps(self.tool.example, ensure_ascii=False)
            hint = f"Call it like this: {example}"
            raise InvalidInput(f"The arguments do not fit `{self.tool.name}`", problems=problems, hint=hint)
        return self.tool.call(call)
