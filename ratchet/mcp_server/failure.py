"""An error as clients get it: what, where, and what to do."""

from __future__ import annotations

from ratchet.errors import RatchetError
from ratchet.task.problem_document import problem_json
from ratchet.values import JsonObject, Place

_TOOLS = {
    "`ratchet list`": "`list_tasks`",
    "`ratchet execution list`": "`list_executions`",
    "`ratchet job list`": "`list_jobs`",
    "`ratchet schedule list`": "`list_schedules`",
}
"""What a client calls where a person types a command."""


def error_json(error: RatchetError) -> JsonObject:
    """Return an error as the value of a tool that failed."""
    place = error.place or Place("")
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "file": place.file or None,
            "line": place.line,
            "column": place.column,
            "hint": _hint_for_clients(error.hint),
            "problems": [problem_json(problem) for problem in error.problems],
        }
    }


def _hint_for_clients(hint: str | None) -> str | None:
    if hint is not None:
        for command, tool in _TOOLS.items():
            hint = hint.replace(command, tool)
    return hint
