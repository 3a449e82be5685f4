"""Turn the end of a worker into an error a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ratchet.engine import positions
from ratchet.execution.document import ExecutionError
from ratchet.execution.sources import Sources
from ratchet.sandbox.supervise import Outcome
from ratchet.task.model import Limits, Task
from ratchet.values import JsonObject, Place

_MEBIBYTE = 1024 * 1024
_OF_THE_TASK = frozenset(
    ["invalid_output", "never_settled", "time_limit", "memory_limit", "output_limit", "count_limit"]
)
_OUTPUT_HINTS = {
    "a BigInt": "Return it as a string, with `String(value)`",
    "a cycle": "Return a copy without the reference that leads back",
    "a function": "Call it and return its result",
}


def explain_failure(task: Task, sources: Sources, limits: Limits, outcome: Outcome) -> ExecutionError:
    """Return the error of an outcome that has a code."""
    assert outcome.code is not None
    if outcome.code == "script_error":
        return _script_error(task, sources, outcome.details)
    message, hint = _EXPLANATIONS[outcome.code](outcome.details, limits)
    # Nothing tells the line, but the file is better than nothing.
    place = Place(task.path_of(sources.main)) if outcome.code in _OF_THE_TASK else None
    return ExecutionError(code=outcome.code, message=message, hint=hint, place=place)


def _script_error(task: Task, sources: Sources, details: JsonObject) -> ExecutionError:
    name, message = _text(details.get("name")), _text(details.get("message"))
    stack = _text(details.get("stack"))
    status = details.get("status")
    place = _place(task, sources, positions.locate(stack, message, sources.files))
    return ExecutionError(
        code="script_error",
        name=name or None,
        message=message,
        place=place or Place(task.path_of(sources.main)),
        status=status if type(status) is int and 100 <= status <= 599 else None,
        stack=stack or None,
        hint=_text(details.get("hint")) or _script_hint(task, name, message),
        details=_script_details(details),
    )


def _script_details(details: JsonObject) -> JsonObject | None:
    """Return the code that the script gave its error and the words of the error's cause, where there are any."""
    found = {"code": _text(details.get("js_code")), "cause": _cause(details.get("cause"))}
    return {key: value for key, value in found.items() if value} or None


def _cause(described: object) -> str:
    if not isinstance(described, dict):
        return ""
    return ": ".join(part for part in (_text(described.get("name")), _text(described.get("message"))) if part)


def _place(task: Task, sources: Sources, ran: Place | None) -> Place | None:
    """Return where an error is in the file as it was written; types that were stripped moved its columns."""
    if ran is None or ran.line is None or ran.column is None:
        return None
    column = ran.column
    if ran.file in sources.columns:
        from ratchet.engine.source import original_column

        column = original_column(sources.columns[ran.file], ran.line, column)
    text = positions.line_text(sources.originals[ran.file], ran.line)
    return Place(task.path_of(ran.file), ran.line, column, text)


def _script_hint(task: Task, name: str, message: str) -> str | None:
    reads_nothing = "of undefined" in message or "of null" in message
    if name == "TypeError" and reads_nothing and task.input_schema_file:
        return f"Check the input against `{task.path_of(task.input_schema_file)}`"
    if name == "ReferenceError":
        return f"`ratchet validate {task.location}` finds every name that is not there"
    if not name:
        return "Throw an `Error`, which knows where it was thrown"
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _seconds(seconds: float) -> str:
    return f"{seconds:g} second" + ("" if seconds == 1 else "s")


def _invalid_output(details: JsonObject, _limits: Limits) -> tuple[str, str | None]:
    reason, pointer = _text(details.get("reason")), _text(details.get("pointer"))
    if reason == "nothing":
        return "The task returned nothing", "Return a JSON value; `return null` says that there is no result"
    if pointer:
        return f"The output holds {reason} at `{pointer}`, which JSON cannot hold", _OUTPUT_HINTS.get(reason)
    return f"The task returned {reason}, which JSON cannot hold", _OUTPUT_HINTS.get(reason)


def _never_settled(_details: JsonObject, _limits: Limits) -> tuple[str, str | None]:
    message = "The task's promise can never settle: no timer and no request is left that could settle it"
    return message, "Make every path of the promise call `resolve` or `reject`"


def _time_limit(_details: JsonObject, limits: Limits) -> tuple[str, str | None]:
    wall, cpu = _seconds(limits.timeout_seconds), _seconds(limits.cpu_seconds)
    message = f"The task ran longer than {wall}"
    if limits.cpu_seconds < limits.timeout_seconds:
        message += f", or used more than {cpu} of processor time"
    return message, "Look for a loop that does not end, or raise `timeout_seconds`, on the command line `--timeout`"


def _memory_limit(_details: JsonObject, limits: Limits) -> tuple[str, str | None]:
    return f"The task needed more than {limits.memory_bytes / _MEBIBYTE:g} MB of memory", "Work on smaller pieces"


def _output_limit(details: JsonObject, limits: Limits) -> tuple[str, str | None]:
    size = details.get("bytes")
    shown = f"{size:,} bytes" if type(size) is int else "too large"
    return f"The output is {shown}, above the limit of {limits.output_bytes:,}", "Return less"


def _count_limit(details: JsonObject, _limits: Limits) -> tuple[str, str | None]:
    what, limit = _text(details.get("what")) or "messages", details.get("limit")
    number = f"{limit:,} " if type(limit) is int else ""
    if what == "fetches":
        return f"The task made more than {number}requests", "Ask for more at a time, or raise `execution.fetches`"
    return f"The task had more than {number}{what} at a time", "Wait for some of them before the next"


def _engine_crash(details: JsonObject, _limits: Limits) -> tuple[str, str | None]:
    reason = _text(details.get("reason")) or "The worker ended unexpectedly"
    return f"The JavaScript engine crashed. {reason}", "Nothing else was affected; the task's code provoked it"


def _unavailable(details: JsonObject, _limits: Limits) -> tuple[str, str | None]:
    return _text(details.get("reason")) or "The worker did not start", "`ratchet doctor` says what is missing"


def _cancelled(_details: JsonObject, _limits: Limits) -> tuple[str, str | None]:
    return "The execution was cancelled", None


_EXPLANATIONS: Mapping[str, Callable[[JsonObject, Limits], tuple[str, str | None]]] = {
    "invalid_output": _invalid_output,
    "never_settled": _never_settled,
    "time_limit": _time_limit,
    "memory_limit": _memory_limit,
    "output_limit": _output_limit,
    "count_limit": _count_limit,
    "engine_crash": _engine_crash,
    "unavailable": _unavailable,
    "cancelled": _cancelled,
}
