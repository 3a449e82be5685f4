"""A problem as JSON, the same in every report."""

from __future__ import annotations

from ratchet.task.schema_words import TEXT, TEXT_OR_NULL, described, record
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject, Place, Problem

PROBLEM = record(
    {
        "severity": {"enum": ["error", "warning"]},
        "message": TEXT,
        "file": TEXT_OR_NULL,
        "line": {"type": ["integer", "null"]},
        "column": {"type": ["integer", "null"]},
        "text": described(TEXT_OR_NULL, "The source line"),
        "pointer": described(TEXT_OR_NULL, "JSON Pointer into the value concerned"),
        "hint": TEXT_OR_NULL,
    }
)
"""The schema of a problem."""


def problem_json(problem: Problem) -> JsonObject:
    """Return a problem as reports carry it; what is not known is null."""
    place = problem.place
    return {
        "severity": problem.severity,
        "message": problem.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "text": place.text if place else None,
        "pointer": problem.pointer,
        "hint": problem.hint,
    }


def read_problems(document: Json) -> list[Problem]:
    """Return the problems of a report of somebody else; what is none is passed over."""
    found = document if isinstance(document, list) else []
    return [_problem_of(one) for one in found if isinstance(one, dict) and isinstance(one.get("message"), str)]


def _problem_of(document: JsonObject) -> Problem:
    def text(key: str) -> str | None:
        value = document.get(key)
        return printable(value, 1000) if isinstance(value, str) else None

    def number(key: str) -> int | None:
        value = document.get(key)
        return value if type(value) is int else None

    file = text("file")
    place = None if file is None else Place(file, number("line"), number("column"), text("text"))
    return Problem(text("message") or "", place, text("pointer"), text("hint"))
