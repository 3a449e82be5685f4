"""An error as clients get it: what, where, and what to do."""

from __future__ import annotations

from ratchet.errors import RatchetError
from ratchet.task.problem_document import problem_json
from ratchet.values import JsonObject, Place


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
            "hint": error.hint,
            "problems": [problem_json(problem) for problem in error.problems],
        }
    }
