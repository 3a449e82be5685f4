"""A problem as JSON, the same in every report."""

from __future__ import annotations

from ratchet.values import JsonObject, Problem


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
