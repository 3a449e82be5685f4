"""Tools about jobs, executions that wait for their turn: `list_jobs`, `get_job`, `create_job`, `cancel_job`."""

from __future__ import annotations

from datetime import datetime

from ratchet.errors import InvalidInput
from ratchet.jobs.asked import DEFAULT_QUEUE, MOST_RETRIES, Asked
from ratchet.jobs.priority import NAMES, parse_priority
from ratchet.jobs.shapes import JOB, JOB_IN_LIST, JOB_WITH_HISTORY, STATUS
from ratchet.mcp_server.desk import check_agreed, desk_of
from ratchet.mcp_server.schemas import TASK
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.task.schema_words import ANYTHING, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import Json, JsonObject, Problem

_MOST_LISTED = 200
_PAGE = 50

JOB_ID = described(TEXT, "As `create_job` or `list_jobs` gives it")
QUEUE = described(TEXT, f"`{DEFAULT_QUEUE}` without it")
MAX_RETRIES: JsonObject = {"type": "integer", "minimum": 0, "maximum": MOST_RETRIES}
KEEP = described(FLAG, "Keep what `replay_execution` needs; without it, only where everything is kept")
PRIORITY: JsonObject = {
    "anyOf": [{"enum": list(NAMES)}, {"type": "integer", "minimum": 1, "maximum": 100}],
    "description": "The higher run first; `normal`, which is 50, without it",
}
PAGING: JsonObject = {
    "limit": {"type": "integer", "minimum": 1, "maximum": _MOST_LISTED, "description": f"{_PAGE} without it"},
    "after": described(TEXT, "`following` of the answer before"),
}
FOLLOWING = described(TEXT_OR_NULL, "What the next page is asked for with, as `after`; null on the last one")
WORKED_ON = described(FLAG, "Whether a node is there to do the work; `ratchet serve` and `ratchet worker` are")


def asked_page(call: Call, *filters: str) -> dict[str, str]:
    """Return what a list is asked for, as the lists of a store take it."""
    wanted = {name: call.arguments[name] for name in (*filters, "after") if name in call.arguments}
    return {**wanted, "limit": str(call.arguments.get("limit", _PAGE))}


def _list_jobs(call: Call) -> Answer:
    # Deferred: a store takes longer to import than clients wait for their first answer.
    from ratchet.jobs.listing import JOBS
    from ratchet.store.query import parse_query

    page = desk_of(call).jobs.list(parse_query(JOBS, asked_page(call, "status", "task", "queue").items()))
    return Answer({"jobs": list(page.items), "following": page.following})


LIST_JOBS = Tool(
    "list_jobs",
    "List jobs",
    "Show the jobs of the server's store, the newest first: executions that wait for their turn, run, or have ended. "
    "A job is `dead` when every attempt has failed; `get_job` shows one with its input.",
    {"status": "queued", "limit": 10},
    record(
        {},
        {"status": STATUS, "task": described(TEXT, "The name of a task"), "queue": TEXT, **PAGING},
    ),
    record({"jobs": listed(JOB_IN_LIST), "following": FOLLOWING}),
    _list_jobs,
    needs=("jobs",),
)


def _get_job(call: Call) -> Answer:
    return Answer(desk_of(call).jobs.get(call.arguments["job_id"]))


GET_JOB = Tool(
    "get_job",
    "Look at a job",
    "Show a job with each of its attempts, and its output once it has completed.",
    {"job_id": "019a0c5e-7d3b-7000-8000-000000000000"},
    record({"job_id": JOB_ID}),
    JOB_WITH_HISTORY,
    _get_job,
    needs=("jobs",),
)


_PLAIN = ("queue", "max_retries", "idempotency_key", "record")


def _create_job(call: Call) -> Answer:
    check_agreed(call)
    arguments = call.arguments
    given = {name: arguments[name] for name in _PLAIN if name in arguments}
    due = _moment(arguments.get("scheduled_for"))
    priority = parse_priority(arguments.get("priority", "normal"))
    desk = desk_of(call)
    made = desk.jobs.create(
        Asked(arguments["task"], arguments.get("input", {}), priority=priority, scheduled_for=due, **given)
    )
    told = {"job": made.job, "is_new": made.is_new, "is_worked_on": desk.is_worked_on()}
    return Answer({**told, "next": f'get_job {{"job_id": "{made.job["id"]}"}}'})


def _moment(text: Json) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        problem = Problem("It is no time (RFC 3339)", pointer="/scheduled_for")
        hint = "Write `2026-01-31T12:00:00Z`"
        raise InvalidInput("`scheduled_for` is no time", problems=[problem], hint=hint) from None


CREATE_JOB = Tool(
    "create_job",
    "Make a job",
    "Have a task run later, or when there is room: put it in line in the server's store. The job outlives this server "
    "and is tried again when it fails, as often as `max_retries` says. To see what comes of it at once, call "
    "`execute_task`.",
    {"task": "total", "input": {"items": [1, 2]}, "scheduled_for": "2030-01-31T12:00:00Z"},
    record(
        {"task": TASK},
        {
            "input": described(ANYTHING, "What the task's input schema asks for; `{}` without it"),
            "queue": QUEUE,
            "priority": PRIORITY,
            "scheduled_for": described(TEXT, "When it may run, such as `2026-01-31T12:00:00Z`; at once without it"),
            "max_retries": MAX_RETRIES,
            "record": KEEP,
            "idempotency_key": described(TEXT, "Asking again with the same one makes no second job"),
        },
    ),
    record(
        {
            "job": JOB,
            "is_new": described(FLAG, "Whether there was none with this idempotency key"),
            "is_worked_on": WORKED_ON,
            "next": described(TEXT, "The call that says more"),
        }
    ),
    _create_job,
    read_only=False,
    open_world=True,
    asks=True,
    needs=("jobs",),
)


def _cancel_job(call: Call) -> Answer:
    return Answer({"job": desk_of(call).jobs.cancel(call.arguments["job_id"])})


CANCEL_JOB = Tool(
    "cancel_job",
    "Cancel a job",
    "Take a job out of the line, or have the execution that it has come to stopped.",
    {"job_id": "019a0c5e-7d3b-7000-8000-000000000000"},
    record({"job_id": JOB_ID}),
    record({"job": JOB}),
    _cancel_job,
    read_only=False,
    destructive=True,
    needs=("jobs",),
)
