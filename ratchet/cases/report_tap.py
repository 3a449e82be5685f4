"""A report in the Test Anything Protocol, version 14."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ratchet.cases.model import Result
from ratchet.cases.mutate import Mutation
from ratchet.cases.report import Report
from ratchet.cases.report_text import place_text
from ratchet.values import JsonObject, Problem


def render_tap(report: Report) -> str:
    """Return the report: a test point for each case, each task that could not be loaded, and the mutants of a task."""
    mutations = map(_mutation_point, report.mutations)
    points = [*map(_case_point, report.results), *_broken_points(report), *mutations]
    numbered = [_numbered(point, number) for number, point in enumerate(points, 1)]
    return "\n".join(["TAP version 14", f"1..{len(points)}", *numbered])


def _numbered(point: str, number: int) -> str:
    verdict, _, rest = point.partition(" - ")
    return f"{verdict} {number} - {rest}"


def _case_point(result: Result) -> str:
    verdict = "not ok" if result.failed or result.status == "broken" else "ok"
    line = f"{verdict} - {_escaped(f'{result.task.location}: {result.case.name}')}"
    if result.status == "skipped":
        return f"{line} # SKIP {_escaped(result.case.skip or '')}".rstrip()
    if verdict == "ok":
        return line
    first = result.reasons[0]
    facts: JsonObject = {"message": first.message, "severity": "fail", "cause": first.cause}
    if first.place is not None:
        facts["at"] = place_text(first.place)
    if first.differences:
        facts |= {"pointer": first.pointer, "expected": first.differences[0].expected}
        facts["actual"] = first.differences[0].actual
    return line + _diagnostics(facts)


def _broken_points(report: Report) -> Iterator[str]:
    problems = [(suite.task.location, problem) for suite in report.suites for problem in suite.problems]
    problems += [(task.path, problem) for task in report.unloaded for problem in task.problems]
    for path, problem in problems:
        if problem.severity == "error":
            yield f"not ok - {_escaped(f'{path}: loads')}" + _diagnostics(_problem_facts(problem))


def _mutation_point(mutation: Mutation) -> str:
    name = _escaped(f"{mutation.task.location}: notices mutants")
    if not mutation.unnoticed:
        return f"ok - {name}"
    return f"not ok - {name}" + _diagnostics(_problem_facts(mutation.unnoticed[0].to_problem()))


def _problem_facts(problem: Problem) -> JsonObject:
    at = {"at": place_text(problem.place)} if problem.place else {}
    return {"message": problem.message, "severity": "fail", **at}


def _diagnostics(facts: JsonObject) -> str:
    """Return a block of YAML, whose scalars may be JSON."""
    lines = [f"  {key}: {json.dumps(value)}" for key, value in facts.items()]
    return "\n".join(["", "  ---", *lines, "  ..."])


def _escaped(text: str) -> str:
    """Return a description in one line, in which nothing begins a directive."""
    flat = "".join(character if character.isprintable() else " " for character in text)
    return flat.replace("\\", "\\\\").replace("#", "\\#")
