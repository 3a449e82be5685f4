"""What `ratchet repo` says about sources."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from ratchet.cli.output import print_json, print_text
from ratchet.cli.report import inert_line
from ratchet.config.yaml_writing import scalar
from ratchet.errors import RatchetError, Refused, Unavailable
from ratchet.registry.catalogue import Offer
from ratchet.registry.contents import Entry
from ratchet.registry.lock import Lock, drift
from ratchet.registry.source import shown_uri
from ratchet.values import Json, JsonObject


def report_of(offer: Offer, lock: Lock | None, *, with_tasks: bool = False) -> JsonObject:
    """Return what is said about one source.

    Args:
        lock: What to compare with after a look at every task; None for neither.
    """
    source, contents = offer
    problems = [problem.message for problem in contents.problems]
    changes: list[str] = []
    if lock is not None and contents.state != "unusable":
        problems += [f"`{entry.location}`: {fault}" for entry in contents.entries if (fault := _fault_of(entry))]
        found = [] if source.watch else drift(lock, source.name, contents.entries)
        changes = [f"{change.pointer}: {change.message}" if change.pointer else change.message for change in found]
    report: JsonObject = {
        "name": source.name,
        "type": source.type,
        "uri": shown_uri(source.uri),
        "state": contents.state,
        "detail": contents.detail or None,
        "revision": contents.revision,
        "fetched_at": _moment(contents.fetched_at),
        "task_count": len(contents.entries),
        "problems": problems,
        "changes": changes,
    }
    return {**report, "tasks": [_task_of(entry) for entry in contents.entries]} if with_tasks else report


def _fault_of(entry: Entry) -> str | None:
    """Load a task, which compares it with its digest, and return what is wrong."""
    try:
        return None if entry.load().digest == entry.digest else "it changed while it was read"
    except RatchetError as error:
        return error.message


def _task_of(entry: Entry) -> JsonObject:
    return {"name": entry.name, "version": entry.version, "digest": entry.digest, "summary": entry.summary}


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def exit_code_of(reports: Sequence[JsonObject]) -> int:
    """Return 6 when a source cannot be used, 3 when one has a problem or is not what is pinned, else 0."""
    if any(report["state"] == "unusable" for report in reports):
        return Unavailable.exit_code
    return Refused.exit_code if any(report["changes"] or report["problems"] for report in reports) else 0


def print_report(reports: Sequence[JsonObject], form: str, *, detailed: bool) -> None:
    """Print a report in one of the formats `table`, `json` and `yaml`."""
    if form == "json":
        print_json(list(reports))
    elif form == "yaml":
        print_text("\n".join(line for report in reports for line in _yaml_lines(report)) or "[]")
    else:
        _print_table(reports, detailed)


def _yaml_lines(report: JsonObject) -> list[str]:
    lines = []
    for position, (name, value) in enumerate(report.items()):
        lines += [f"{'  ' if position else '- '}{line}" for line in _yaml_of(name, value)]
    return lines


def _yaml_of(name: str, value: Json) -> list[str]:
    if not isinstance(value, list) or not value:
        return [f"{name}: {'[]' if value == [] else scalar(value)}"]
    if isinstance(value[0], str):
        return [f"{name}:", *(f"  - {scalar(item)}" for item in value)]
    return [f"{name}:", *(line for item in value for line in ("  " + inner for inner in _yaml_lines(item)))]


def _print_table(reports: Sequence[JsonObject], detailed: bool) -> None:
    rows = [_row_of(report) for report in reports]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for report, row in zip(reports, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[4]]))
        for line in _lines_below(report, detailed):
            print(f"  {inert_line(line)}")


def _row_of(report: JsonObject) -> tuple[str, ...]:
    count = f"{report['task_count']} task{'' if report['task_count'] == 1 else 's'}"
    return inert_line(report["name"]), report["type"], report["state"], count, inert_line(_short(report["uri"]))


def _short(uri: str) -> str:
    """Return a path below the working folder as a person would type it."""
    here = os.getcwd() + os.sep
    return f".{os.sep}{uri[len(here) :]}" if uri.startswith(here) else uri


def _lines_below(report: JsonObject, detailed: bool) -> list[str]:
    lines = [report["detail"]] if report["detail"] else []
    if detailed and report["revision"]:
        lines.append(f"revision {report['revision']}, fetched {report['fetched_at']}")
    lines += [f"changed: {change}" for change in report["changes"]]
    problems = report["problems"]
    if detailed:
        lines += [f"problem: {problem}" for problem in problems]
    elif problems:
        lines.append(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}; `--detailed` shows them")
    return lines + [f"{task['name']}@{task['version']}  {task['summary']}" for task in report.get("tasks", [])]
