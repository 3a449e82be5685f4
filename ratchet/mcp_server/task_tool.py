"""A task as a tool of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ratchet.cases.examples import example_of
from ratchet.errors import InvalidOutput, RatchetError
from ratchet.execution.document import Execution
from ratchet.execution.schemas import Schemas
from ratchet.mcp_server.candidate import Candidate
from ratchet.mcp_server.execution_resources import output_uri
from ratchet.mcp_server.media import media_of
from ratchet.mcp_server.result_schema import RESULT, is_object_schema, result_schema, result_value
from ratchet.mcp_server.run_tools import outcome_of, run_task
from ratchet.mcp_server.tool import WAIT_SECONDS, Answer, Call, Tool
from ratchet.task.model import Task
from ratchet.task.pointer import pointer_of
from ratchet.values import JsonObject

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""They change nothing (RFC 9110, section 9.2.1)."""
_REPLACING_METHODS = frozenset({"PUT", "PATCH", "DELETE"})


class Manners(NamedTuple):
    """How a task behaves, as far as that is known before it runs."""

    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool


def manners_of(candidate: Candidate) -> Manners:
    """Return what the permissions of a task and of those that it calls make possible, narrowed by what it says itself.

    The sandbox holds a task to its permissions: where they leave no way out, it can neither reach nor change anything.
    """
    tasks = [candidate.task, *(task for task in candidate.called.values() if task is not None)]
    said = candidate.task.metadata.annotations
    open_world = any(map(_reaches_out, tasks))
    read_only = not open_world or (said.read_only is not False and not _methods_beyond(tasks, _SAFE_METHODS))
    if said.read_only is False:
        read_only = False
    replaces = any(_declares_any(task, _REPLACING_METHODS) for task in tasks)
    destructive = not read_only and (replaces if said.destructive is None else said.destructive)
    return Manners(read_only, destructive, read_only if said.idempotent is None else said.idempotent, open_world)


def _reaches_out(task: Task) -> bool:
    return task.metadata.permissions.net != ()


def _methods_beyond(tasks: Iterable[Task], methods: frozenset[str]) -> bool:
    """Tell whether a task that reaches out may use other methods than these."""
    reaching = [task.metadata.permissions.methods for task in tasks if _reaches_out(task)]
    return any(declared is None or not methods.issuperset(declared) for declared in reaching)


def _declares_any(task: Task, methods: frozenset[str]) -> bool:
    return _reaches_out(task) and not methods.isdisjoint(task.metadata.permissions.methods or ())


def tool_of(candidate: Candidate, name: str, schemas: Schemas) -> Tool:
    """Return a task as a tool, which runs it exactly as it was read.

    Args:
        schemas: What checks values against the schemas of tasks, be they foreign.
    """
    task, manners = candidate.task, manners_of(candidate)
    return Tool(
        name,
        task.metadata.label,
        task.metadata.description or "",
        example_of(task) or {},
        task.input_schema if isinstance(task.input_schema, dict) else {"type": "object"},
        result_schema(task.output_schema),
        lambda call: _call(candidate, call),
        read_only=manners.read_only,
        destructive=manners.destructive,
        open_world=manners.open_world,
        tells_left_out=False,
        idempotent=manners.idempotent,
        task=candidate,
        deferred=task.metadata.annotations.long_running is True,
        fits=lambda value: _fits(schemas, task, value),
    )


def _fits(schemas: Schemas, task: Task, value: JsonObject) -> bool:
    if not is_object_schema(task.output_schema):
        if value.keys() != {RESULT}:
            return False
        value = value[RESULT]
    try:
        return not schemas.check_output(task, value).problems
    except RatchetError:
        return False


def _call(candidate: Candidate, call: Call) -> Answer:
    task = candidate.task
    execution = run_task(call, task, call.arguments, candidate.find_task)
    if execution.error is not None or execution.status != "completed":
        return _not_completed(execution)
    output = execution.to_json()["output"]
    value = result_value(task.output_schema, output)
    if not isinstance(value, dict):
        # Only where the operator has turned the checks of schemas off.
        raise InvalidOutput("The output is not the object that the output schema promises")
    base = () if value is output else (RESULT,)
    media = media_of(task.output_schema, output, base)
    return Answer(value, resources={pointer_of(base): output_uri(execution.id)}, media=media)


def _not_completed(execution: Execution) -> Answer:
    """Return what the output schema has no room for: a failure, or that it takes longer than a client waits."""
    answer = outcome_of(execution)
    if execution.error is not None:
        return answer
    message = f"It takes longer than {WAIT_SECONDS} seconds and goes on"
    late = {"code": "still_running", "message": message, "hint": answer.value["next"]}
    return Answer({**answer.value, "error": late}, failed=True)
