"""Say why an execution failed: what, where, with the lines around it. Everything in it was observed."""

from __future__ import annotations

from ratchet.errors import RatchetError
from ratchet.execution.document import ExecutionError
from ratchet.task.model import Task
from ratchet.task.problem_document import problem_json
from ratchet.task.schema_words import ANYTHING, TEXT, TEXT_OR_NULL, described, listed
from ratchet.values import JsonObject, Place

_LINES_AROUND = 3
_LONGEST_LINE = 500
_NUMBER_OR_NULL: JsonObject = {"type": ["integer", "null"]}

EXPLANATION: JsonObject = {
    "code": described(TEXT, "The kind of error, such as `script_error`"),
    "what": TEXT,
    "file": TEXT_OR_NULL,
    "line": _NUMBER_OR_NULL,
    "column": _NUMBER_OR_NULL,
    "source": described(listed(TEXT), "Lines around the place, each after its number"),
    "stack": TEXT_OR_NULL,
    "problems": described(listed(ANYTHING), "What does not fit a schema, each with a JSON Pointer"),
    "hint": TEXT_OR_NULL,
}
"""Properties of an explanation."""


def explain(task: Task, error: ExecutionError) -> JsonObject:
    """Return why an execution failed.

    Args:
        task: As it ran.
    """
    problems = error.details if isinstance(error.details, list) else []
    return _explanation(task, error.code, error.sentence, error.place, error.stack, problems, error.hint)


def explain_refusal(task: Task, error: RatchetError) -> JsonObject:
    """Return why a task was not even run, or its input not taken."""
    problems = [problem_json(problem) for problem in error.problems]
    return _explanation(task, error.code, error.message, error.place, None, problems, error.hint)


def _explanation(
    task: Task,
    code: str,
    what: str,
    place: Place | None,
    stack: str | None,
    problems: list[JsonObject],
    hint: str | None,
) -> JsonObject:
    place = place or Place("")
    return {
        "code": code,
        "what": what,
        "file": place.file or None,
        "line": place.line,
        "column": place.column,
        "source": _source_lines(task, place),
        "stack": stack,
        "problems": problems,
        "hint": hint,
    }


def _source_lines(task: Task, place: Place) -> list[str]:
    """Return the lines around a place with their numbers; the one line that is known where the file is not the task's.

    A task that has been bundled has lines without end.
    """
    if place.line is None:
        return []
    found = [data for path, data in task.files.items() if task.path_of(path) == place.file]
    if not found:
        return [] if place.text is None else [f"{place.line}: {place.text}"]
    lines = found[0].decode("utf-8", "replace").splitlines()
    first, last = max(1, place.line - _LINES_AROUND), min(len(lines), place.line + _LINES_AROUND)
    return [f"{number}: {lines[number - 1][:_LONGEST_LINE]}" for number in range(first, last + 1)]
