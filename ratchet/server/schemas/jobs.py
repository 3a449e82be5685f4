"""Jobs, schedules, and the nodes and workers that run them."""

from __future__ import annotations

from ratchet.jobs.shapes import JOB, JOB_IN_LIST, JOB_WITH_HISTORY, NODE, SCHEDULE, SCHEDULE_IN_LIST, WORKERS
from ratchet.task.schema_words import COUNT, TEXT_OR_NULL, listed, record
from ratchet.values import JsonObject

SCHEMAS: JsonObject = {
    "Job": JOB,
    "JobInList": JOB_IN_LIST,
    "JobWithHistory": JOB_WITH_HISTORY,
    "JobStats": record(
        {
            "jobs": {"type": "object", "additionalProperties": COUNT},
            "queues": {"type": "object", "additionalProperties": record({"queued": COUNT, "running": COUNT})},
        }
    ),
    "Schedule": SCHEDULE,
    "ScheduleInList": SCHEDULE_IN_LIST,
    "Times": record({"times": listed(TEXT_OR_NULL)}),
    "Node": NODE,
    "Workers": WORKERS,
}
