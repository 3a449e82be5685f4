"""The schemas of the documents of jobs, schedules, nodes and workers, the same on every surface."""

from __future__ import annotations

from ratchet.jobs.words import MISFIRES, NODE_STATUSES, OVERLAPS, STATUSES
from ratchet.task.schema_words import (
    ANYTHING,
    COUNT,
    COUNT_OR_NULL,
    FLAG,
    TEXT,
    TEXT_OR_NULL,
    described,
    listed,
    record,
)
from ratchet.values import JsonObject

STATUS: JsonObject = {"enum": list(STATUSES)}
RECORD = described(FLAG, "Whether what is needed to replay it is kept")
_ERROR: JsonObject = {"type": ["object", "null"]}

JOB = record(
    {
        "id": TEXT,
        "task": record({"name": TEXT, "version": TEXT_OR_NULL, "digest": TEXT_OR_NULL, "address": TEXT}),
        "status": STATUS,
        "input": ANYTHING,
        "queue": TEXT,
        "priority": COUNT,
        "idempotency_key": TEXT_OR_NULL,
        "scheduled_for": described(TEXT, "When it may run"),
        "max_retries": COUNT,
        "backoff_seconds": {"type": "number"},
        "attempts": COUNT,
        "retries": COUNT,
        "deaths": described(COUNT, "How often a node died over it"),
        "refusals": described(COUNT, "How often a node did not have its task"),
        "cancel_requested": FLAG,
        "record": RECORD,
        "node_id": TEXT_OR_NULL,
        "execution_id": described(TEXT_OR_NULL, "Of the last attempt"),
        "schedule_id": TEXT_OR_NULL,
        "tick": described(TEXT_OR_NULL, "The time of its schedule that it was made for"),
        "error": _ERROR,
        "created_at": TEXT,
        "started_at": TEXT_OR_NULL,
        "finished_at": TEXT_OR_NULL,
    }
)

JOB_IN_LIST = record({name: schema for name, schema in JOB["properties"].items() if name != "input"})

_ATTEMPT = record(
    {
        "number": COUNT,
        "status": TEXT,
        "node_id": TEXT_OR_NULL,
        "execution_id": TEXT_OR_NULL,
        "error": _ERROR,
        "started_at": TEXT,
        "finished_at": TEXT_OR_NULL,
        "retry_at": TEXT_OR_NULL,
    }
)

JOB_WITH_HISTORY = record({**JOB["properties"], "output": ANYTHING, "history": listed(_ATTEMPT)})

SCHEDULE = record(
    {
        "id": TEXT,
        "name": TEXT,
        "task": TEXT,
        "input": ANYTHING,
        "cron": TEXT,
        "time_zone": TEXT,
        "queue": TEXT,
        "priority": COUNT,
        "max_retries": COUNT_OR_NULL,
        "overlap": {"enum": list(OVERLAPS)},
        "misfire": {"enum": list(MISFIRES)},
        "max_executions": COUNT_OR_NULL,
        "record": RECORD,
        "enabled": FLAG,
        "next_at": TEXT_OR_NULL,
        "last_tick_at": TEXT_OR_NULL,
        "last_job_id": TEXT_OR_NULL,
        "fired": described(COUNT, "Jobs that it has made"),
        "skipped": described(COUNT, "Times at which it made none"),
        "created_at": TEXT,
        "updated_at": TEXT,
    }
)

SCHEDULE_IN_LIST = record({name: schema for name, schema in SCHEDULE["properties"].items() if name != "input"})

NODE = record(
    {
        "id": TEXT,
        "host": TEXT,
        "pid": COUNT,
        "version": TEXT,
        "status": {"enum": list(NODE_STATUSES)},
        "slots": described(COUNT, "Jobs at a time"),
        "running": COUNT,
        "completed": COUNT,
        "memory_bytes": COUNT_OR_NULL,
        "started_at": TEXT,
        "beat_at": described(TEXT, "When it was last heard of"),
        "jobs": listed(record({"id": TEXT, "task": TEXT})),
    }
)

WORKERS = record(
    {
        "id": described(TEXT, "Of the node whose workers they are"),
        "engine": TEXT,
        "most": described(COUNT, "At a time"),
        "busy": COUNT,
        "ready": COUNT,
        "waiting": described(COUNT, "Executions that wait for one"),
        "executions": listed(record({"id": TEXT, "task": TEXT, "job_id": TEXT_OR_NULL, "started_at": TEXT})),
        "memory_bytes": COUNT_OR_NULL,
        "beat_at": described(TEXT, "When it was last heard of"),
    }
)
