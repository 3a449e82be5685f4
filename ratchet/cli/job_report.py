"""Jobs as rows of a list, and one in full."""

from __future__ import annotations

from collections.abc import Sequence

from ratchet.cli.rows import print_facts, print_rows, print_value
from ratchet.errors import Cancelled, class_of
from ratchet.values import JsonObject


def print_jobs(jobs: Sequence[JsonObject]) -> None:
    """Print one line for each job."""
    print_rows(("Id", "Made", "Task", "Queue", "Status"), [_cells_of(job) for job in jobs])


def print_job(job: JsonObject) -> None:
    """Print what a job was given, how it stands, what has come of it, and each attempt."""
    task, error = job["task"], job["error"]
    print_facts(
        [
            ("id", job["id"]),
            ("task", _task_of(job)),
            ("digest", task["digest"]),
            ("status", job["status"]),
            ("queue", f"{job['queue']}, priority {job['priority']}"),
            ("made", job["created_at"]),
            ("due", job["scheduled_for"]),
            ("ended", job["finished_at"]),
            ("schedule", job["schedule_id"]),
            ("key", job["idempotency_key"]),
            ("record", "yes" if job["record"] else None),
            ("error", f"{error['code']}: {error['message']}" if error else None),
        ]
    )
    for attempt in job["history"]:
        print(_line_of(attempt))
    print_value("input", job["input"])
    if job["status"] == "completed":
        print_value("output", job["output"])


def exit_code_of(job: JsonObject) -> int:
    """Return the exit code that stands for the end of a job."""
    if job["status"] == "completed":
        return 0
    return Cancelled.exit_code if job["status"] == "cancelled" else class_of(job["error"]["code"]).exit_code


def _cells_of(job: JsonObject) -> tuple[str, ...]:
    status, error = str(job["status"]), job["error"]
    status = status if error is None or error["code"] == status else f"{status}: {error['code']}"
    return job["id"], job["created_at"], _task_of(job), job["queue"], status


def _task_of(job: JsonObject) -> str:
    task = job["task"]
    return f"{task['name']}@{task['version']}" if task["version"] else str(task["name"])


def _line_of(attempt: JsonObject) -> str:
    error = attempt["error"]
    words = [f"attempt {attempt['number']}", attempt["status"], f"on {attempt['node_id']}", attempt["started_at"]]
    words += [f"{error['code']}: {error['message']}"] if error else []
    words += [f"again at {attempt['retry_at']}"] if attempt["retry_at"] else []
    return "  ".join(words)
