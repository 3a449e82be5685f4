"""Executions as rows of a list, and one in full."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ratchet.cli.report import inert_line
from ratchet.cli.rows import print_rows, print_value
from ratchet.execution.document import ConsoleLine, Execution
from ratchet.values import JsonObject

_AS_IN_THE_DOCUMENT = (
    "created_at", "finished_at", "duration_ms", "job_id", "schedule_id", "parent_id", "recording",
)  # fmt: skip


def row_of(execution: Execution) -> JsonObject:
    """Return what a list shows of an execution."""
    document = execution.to_json()
    task = execution.task
    return {
        "id": execution.id,
        "task": {"name": task.name, "version": task.version, "digest": task.digest},
        "status": execution.status,
        "error": execution.error.code if execution.error else None,
        **{name: document[name] for name in _AS_IN_THE_DOCUMENT},
    }


def print_executions(rows: Sequence[JsonObject]) -> None:
    """Print one line for each execution."""
    print_rows(("Id", "Begun", "Task", "Status", "Took"), [_cells_of(row) for row in rows])


def _cells_of(row: JsonObject) -> tuple[str, ...]:
    status = f"{row['status']}: {row['error']}" if row["error"] else row["status"]
    task = f"{row['task']['name']}@{row['task']['version']}"
    return row["id"], row["created_at"], task, status, _took(row["duration_ms"])


def _took(duration_ms: int | None) -> str:
    return "" if duration_ms is None else f"{duration_ms:,} ms"


def print_console(lines: Sequence[ConsoleLine], dropped: int) -> None:
    """Print what an execution has written to its console, and say how many lines were left out."""
    print_lines(lines)
    if dropped:
        print(f"{dropped:,} more lines were left out", file=sys.stderr)


def print_lines(lines: Sequence[ConsoleLine]) -> None:
    """Print lines of a console."""
    for line in lines:
        print(f"{line.time_ms:>7} ms  {line.level:<5}  {inert_line(line.text)}", flush=True)


def print_execution(execution: Execution) -> None:
    """Print what an execution was given, what came of it, and what it did."""
    for name, text in _facts(execution).items():
        for number, line in enumerate(text.splitlines()):
            print(f"{'' if number else name:<10}{inert_line(line)}")
    print_value("input", execution.input)
    if execution.output_json is not None:
        print_value("output", execution.output)


def _facts(execution: Execution) -> dict[str, str]:
    error, lines = execution.error, len(execution.console)
    return {
        "id": execution.id,
        "task": f"{execution.task.name}@{execution.task.version}",
        "source": execution.task.source,
        "digest": execution.task.digest,
        "status": execution.status,
        "begun": execution.to_json()["created_at"],
        "took": _took(execution.duration_ms),
        "error": f"{error.code}: {error.sentence}" if error else "",
        "caller": execution.parent_id or "",
        "console": f"{lines:,} {'line' if lines == 1 else 'lines'}" if lines else "",
        "requests": "\n".join(f"{each.method} {each.url} {each.status or each.error}" for each in execution.requests),
        "recording": execution.recording or "",
    }
