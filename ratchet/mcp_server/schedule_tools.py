"""Tools about schedules, which make jobs: list, create, trigger and delete them."""

from __future__ import annotations

from ratchet.jobs.priority import parse_priority
from ratchet.jobs.shapes import JOB, SCHEDULE, SCHEDULE_IN_LIST
from ratchet.jobs.words import MISFIRES, OVERLAPS
from ratchet.mcp_server.desk import check_agreed, desk_of
from ratchet.mcp_server.job_tools import FOLLOWING, KEEP, MAX_RETRIES, PAGING, PRIORITY, QUEUE, WORKED_ON, asked_page
from ratchet.mcp_server.schemas import TASK
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.task.schema_words import ANYTHING, FLAG, TEXT, described, listed, record
from ratchet.values import JsonObject

_OVERLAP: JsonObject = {
    "enum": list(OVERLAPS),
    "description": "What to do while the job before is under way; `skip` without it",
}
_MISFIRE: JsonObject = {
    "enum": list(MISFIRES),
    "description": "What to do about times when no node was there; `skip` without it",
}
_NAME = described(TEXT, "As `create_schedule` or `list_schedules` gives it")


def _list_schedules(call: Call) -> Answer:
    # Deferred: a store takes longer to import than clients wait for their first answer.
    from ratchet.jobs.listing import SCHEDULES
    from ratchet.store.query import parse_query

    page = desk_of(call).schedules.list(parse_query(SCHEDULES, asked_page(call, "name", "task").items()))
    return Answer({"schedules": list(page.items), "following": page.following})


LIST_SCHEDULES = Tool(
    "list_schedules",
    "List schedules",
    "Show the rules by which the server's store makes jobs, the newest first: cron expression, time zone, next time.",
    {"task": "total"},
    record({}, {"name": TEXT, "task": described(TEXT, "The name of a task"), **PAGING}),
    record({"schedules": listed(SCHEDULE_IN_LIST), "following": FOLLOWING}),
    _list_schedules,
    needs=("jobs",),
)


def _create_schedule(call: Call) -> Answer:
    from ratchet.jobs.asked_schedule import AskedSchedule

    check_agreed(call)
    asked = {**call.arguments, "priority": parse_priority(call.arguments.get("priority", "normal"))}
    desk = desk_of(call)
    made = desk.schedules.create(AskedSchedule(**asked))
    times = list(desk.schedules.preview(made["name"], _SHOWN))
    return Answer({"schedule": made, "times": times, "is_worked_on": desk.is_worked_on()})


_SHOWN = 5

CREATE_SCHEDULE = Tool(
    "create_schedule",
    "Make a schedule",
    "Have a task run at times that a cron expression of 5 fields gives. The answer shows the next times: check them.",
    {"name": "daily-total", "task": "total", "cron": "0 6 * * mon-fri", "time_zone": "Europe/Zurich",
     "input": {"items": [1, 2]}},
    record(
        {
            "name": described(TEXT, "Up to 64 small letters, digits, `.`, `_` and `-`"),
            "task": TASK,
            "cron": described(TEXT, "Such as `0 6 * * mon-fri`"),
        },
        {
            "input": described(ANYTHING, "What the task's input schema asks for; `{}` without it"),
            "time_zone": described(TEXT, "Such as `Europe/Zurich`; `UTC` without it"),
            "queue": QUEUE,
            "priority": PRIORITY,
            "max_retries": MAX_RETRIES,
            "overlap": _OVERLAP,
            "misfire": _MISFIRE,
            "max_executions": {"type": "integer", "minimum": 1, "description": "Jobs that it may make"},
            "record": KEEP,
            "enabled": described(FLAG, "Whether it begins at once; true without it"),
        },
    ),
    record({"schedule": SCHEDULE, "times": described(listed(TEXT), "The next ones"), "is_worked_on": WORKED_ON}),
    _create_schedule,
    read_only=False,
    open_world=True,
    asks=True,
    needs=("jobs",),
)  # fmt: skip


def _trigger_schedule(call: Call) -> Answer:
    return Answer({"job": desk_of(call).schedules.trigger(call.arguments["name"])})


TRIGGER_SCHEDULE = Tool(
    "trigger_schedule",
    "Trigger a schedule",
    "Make a job of a schedule now, beside its times.",
    {"name": "daily-total"},
    record({"name": _NAME}),
    record({"job": JOB}),
    _trigger_schedule,
    read_only=False,
    open_world=True,
    needs=("jobs",),
)


def _delete_schedule(call: Call) -> Answer:
    desk_of(call).schedules.delete(call.arguments["name"])
    return Answer({"name": call.arguments["name"]})


DELETE_SCHEDULE = Tool(
    "delete_schedule",
    "Delete a schedule",
    "Take a schedule away, so that it makes no more jobs; those that it has made stay.",
    {"name": "daily-total"},
    record({"name": _NAME}),
    record({"name": TEXT}),
    _delete_schedule,
    read_only=False,
    destructive=True,
    needs=("jobs",),
)
