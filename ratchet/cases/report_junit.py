"""A report as JUnit XML, as CI servers read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ratchet.cases.model import Result
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
        _add_suite(root, suite.task.location, results, errors)
    for task in report.unloaded:
        _add_suite(root, task.path, [], task.problems)
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", f"{report.duration_seconds:.3f}")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _add_suite(root: Element, name: str, results: Sequence[Result], problems: Sequence[Problem]) -> None:
    seconds = sum(result.duration_ms for result in results) / 1000
    facts = _counts(results, len(problems)) | {"name": _clean(name), "time": f"{seconds:.3f}"}
    suite = SubElement(root, "testsuite", facts)
    for result in results:
        _add_case(suite, name, result)
    for problem in problems:
        case = SubElement(suite, "testcase", {"classname": _clean(name), "name": "loads"})
        where = f"{place_text(problem.place)}: " if problem.place else ""
        SubElement(case, "error", {"message": _clean(problem.message)}).text = _clean(where + problem.message)


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


def _counts(results: Sequence[Result], more_errors: int = 0) -> dict[str, str]:
    counts = {
        "tests": len(results) + more_errors,
        "failures": sum(result.failed for result in results),
        "errors": sum(result.status == "broken" for result in results) + more_errors,
        "skipped": sum(result.status == "skipped" for result in results),
    }
    return {name: str(count) for name, count in counts.items()}


def _clean(text: str) -> str:
    return _NO_CHARACTERS.sub("\ufffd", text)
