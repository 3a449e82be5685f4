"""A report as JUnit XML, as CI servers read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ratchet.cases.model import Result
from ratchet.cases.mutate import Mutation
from ratchet.cases.report import Report
from ratchet.cases.report_text import console_lines, place_text, reason_lines, runs_text
from ratchet.values import Problem

# What XML 1.0 cannot hold, section 2.2, not even as a reference.
_NO_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report) -> str:
    """Return the report, a suite for each task."""
    root = Element("testsuites")
    for suite in report.suites:
        results = [result for result in report.results if result.task is suite.task]
        errors = [problem for problem in suite.problems if problem.severity == "error"]
        mutation = next((mutation for mutation in report.mutations if mutation.task is suite.task), None)
        _add_suite(root, suite.task.location, results, errors, mutation)
    for task in report.unloaded:
        _add_suite(root, task.path, [], task.problems)
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", f"{report.duration_seconds:.3f}")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _add_suite(
    root: Element,
    name: str,
    results: Sequence[Result],
    problems: Sequence[Problem],
    mutation: Mutation | None = None,
) -> None:
    seconds = sum(result.duration_ms for result in results) / 1000
    facts = _counts(results, problems, mutation) | {"name": _clean(name), "time": f"{seconds:.3f}"}
    suite = SubElement(root, "testsuite", facts)
    for result in results:
        _add_case(suite, name, result)
    for problem in problems:
        case = SubElement(suite, "testcase", {"classname": _clean(name), "name": "loads"})
        where = f"{place_text(problem.place)}: " if problem.place else ""
        SubElement(case, "error", {"message": _clean(problem.message)}).text = _clean(where + problem.message)
    if mutation is not None:
        _add_mutation(suite, name, mutation)


def _add_case(suite: Element, task: str, result: Result) -> None:
    written = result.case.written
    facts = {"classname": _clean(task), "name": _clean(result.case.name), "time": f"{result.duration_ms / 1000:.3f}"}
    case = SubElement(suite, "testcase", facts | {"file": _clean(written.path), "line": str(written.place().line or 1)})
    if result.status == "skipped":
        SubElement(case, "skipped", {"message": _clean(result.case.skip or "")})
    elif result.reasons and result.status != "updated":
        first = result.reasons[0]
        text = "\n".join(
            [*filter(None, [runs_text(result)]), *(line for r in result.reasons for line in reason_lines(r))]
        )
        element = "error" if result.status == "broken" else "failure"
        SubElement(case, element, {"message": _clean(first.message), "type": first.cause}).text = _clean(text)
    console = "\n".join(f"{line.level}: {line.text}" for line in console_lines(result))
    if console:
        SubElement(case, "system-out").text = _clean(console)


def _add_mutation(suite: Element, task: str, mutation: Mutation) -> None:
    case = SubElement(suite, "testcase", {"classname": _clean(task), "name": "notices mutants"})
    problems = [unnoticed.to_problem() for unnoticed in mutation.unnoticed]
    if problems:
        text = "\n".join(f"{place_text(problem.place)}: {problem.message}" for problem in problems if problem.place)
        SubElement(case, "failure", {"message": _clean(problems[0].message)}).text = _clean(text)


def _counts(results: Sequence[Result], problems: Sequence[Problem], mutation: Mutation | None) -> dict[str, str]:
    counts = {
        "tests": len(results) + len(problems) + (mutation is not None),
        "failures": sum(result.failed for result in results) + bool(mutation and mutation.unnoticed),
        "errors": sum(result.status == "broken" for result in results) + len(problems),
        "skipped": sum(result.status == "skipped" for result in results),
    }
    return {name: str(count) for name, count in counts.items()}


def _clean(text: str) -> str:
    return _NO_CHARACTERS.sub("\ufffd", text)
