"""What came of cases, as lines for people: one a case, and below a failing one why it failed."""

from __future__ import annotations

from collections.abc import Iterator

from ratchet.cases.model import Reason, Result, Status
from ratchet.cases.report import Report
from ratchet.cases.report_text import console_lines, difference_lines, place_text, runs_text
from ratchet.cli.report import inert, inert_line, render_problem
from ratchet.cli.terminal import Paint

_ROLES: dict[Status, str] = {"passed": "ok", "updated": "warning", "skipped": "hint"}
_WORDS: dict[Status, str] = {"passed": "ok"}
_WIDTH = len("skipped ")


def render_result(result: Result, paint: Paint, *, with_time: bool) -> str:
    """Return the lines of a case."""
    lines = [_headline(result, paint, with_time=with_time)]
    if result.failed or result.status == "broken":
        for reason in result.reasons:
            lines += _reason_lines(result, reason, paint)
        lines += [f"  console | {inert(line.text)}" for line in console_lines(result)]
    return "\n".join(lines)


def _headline(result: Result, paint: Paint, *, with_time: bool) -> str:
    word = _WORDS.get(result.status, result.status)
    coloured = paint(_ROLES.get(result.status, "error"), word) + " " * (_WIDTH - len(word))
    title = f"{inert_line(result.task.location)}: {inert_line(result.case.name)}"
    more = runs_text(result) or inert_line(result.case.skip or "")
    if with_time and result.runs:
        more = f"{more}, {result.duration_ms:.0f} ms" if more else f"{result.duration_ms:.0f} ms"
    return f"{coloured}{title}" + (f" ({more})" if more else "")


def _reason_lines(result: Result, reason: Reason, paint: Paint) -> Iterator[str]:
    problem = reason.to_problem()
    yield from render_problem(problem._replace(hint=None), paint)
    for line in difference_lines(reason.differences):
        role = {"- ": "error", "+ ": "ok"}.get(line[2:4])
        yield paint(role, inert_line(line)) if role else inert_line(line)
    if reason.place is not None and reason.place.file != result.case.written.path and result.status != "broken":
        yield f"  = case: {inert_line(place_text(result.case.written.place()._replace(column=None)))}"
    if reason.hint:
        yield f"  = {paint('hint', 'hint:')} {inert_line(reason.hint)}"


def render_summary(report: Report, paint: Paint) -> str:
    """Return the counts and the time."""
    statuses: list[tuple[Status, str]] = [("passed", "ok"), ("failed", "error"), ("flaky", "error")]
    statuses += [("updated", "warning"), ("skipped", "hint")]
    counted = [(report.count(status), status, role) for status, role in statuses]
    parts = [paint(role, f"{count} {status}") for count, status, role in counted if count]
    if report.broken:
        parts.append(paint("error", f"{report.broken} task{'s' if report.broken != 1 else ''} broken"))
    if report.vacuous:
        parts.append(paint("error", f"{report.vacuous} task{'s' if report.vacuous != 1 else ''} vacuous"))
    if report.left_out:
        parts.append(f"{report.left_out} left out")
    return f"{', '.join(parts) or 'no case'} in {report.duration_seconds:.1f} s"
