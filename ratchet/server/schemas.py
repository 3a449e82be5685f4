"""The schemas of what the routes answer, beside that of executions."""

from __future__ import annotations

from ratchet.values import JsonObject

TEXT: JsonObject = {"type": "string"}
TEXT_OR_NULL: JsonObject = {"type": ["string", "null"]}
NUMBER_OR_NULL: JsonObject = {"type": ["number", "null"]}
COUNT: JsonObject = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: JsonObject = {"type": ["integer", "null"], "minimum": 0}
FLAG: JsonObject = {"type": "boolean"}
FLAG_OR_NULL: JsonObject = {"type": ["boolean", "null"]}
ANYTHING: JsonObject = {}
_PROBLEMS: JsonObject = {"type": "array", "items": {"$ref": "#/components/schemas/ProblemEntry"}}


def record(properties: JsonObject, optional: JsonObject | None = None) -> JsonObject:
    """Return the schema of an object with exactly these keys.

    Args:
        optional: Keys that may be missing.
    """
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
        "additionalProperties": False,
    }


def listed(items: JsonObject) -> JsonObject:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


_TEXTS = listed(TEXT)
_TEXTS_OR_NULL: JsonObject = {"type": ["array", "null"], "items": TEXT}
_LIST_META: JsonObject = {
    "page": {"type": ["integer", "null"], "description": "Null where entries are counted, not pages"},
    "limit": COUNT,
    "next": {"type": ["string", "null"], "description": "The address of the next page"},
}
_TOTAL: JsonObject = {"total": {**COUNT, "description": "With `count=exact`"}}

_JOB: JsonObject = {
    "id": TEXT,
    "task": record({"name": TEXT, "version": TEXT_OR_NULL, "digest": TEXT_OR_NULL, "address": TEXT}),
    "status": TEXT,
    "input": ANYTHING,
    "queue": TEXT,
    "priority": COUNT,
    "idempotency_key": TEXT_OR_NULL,
    "scheduled_for": TEXT_OR_NULL,
    "max_retries": COUNT_OR_NULL,
    "backoff_seconds": NUMBER_OR_NULL,
    "attempts": COUNT,
    "retries": COUNT,
    "deaths": {**COUNT, "description": "How many nodes have died of it"},
    "refusals": COUNT,
    "cancel_requested": FLAG,
    "node_id": TEXT_OR_NULL,
    "execution_id": TEXT_OR_NULL,
    "schedule_id": TEXT_OR_NULL,
    "tick": {**TEXT_OR_NULL, "description": "The time of the schedule that it was made for"},
    "error": {"type": ["object", "null"]},
    "created_at": TEXT,
    "started_at": TEXT_OR_NULL,
    "finished_at": TEXT_OR_NULL,
}

_NODE: JsonObject = record(
    {
        "id": TEXT,
        "host": TEXT,
        "pid": COUNT,
        "version": TEXT,
        "status": TEXT,
        "slots": COUNT,
        "running": COUNT,
        "completed": COUNT,
        "memory_bytes": COUNT_OR_NULL,
        "started_at": TEXT,
        "beat_at": {**TEXT, "description": "When it was last heard of"},
        "jobs": listed(record({"id": TEXT, "task": TEXT})),
    }
)

_EXECUTION_ROW: JsonObject = {
    "id": TEXT,
    "task": record({"name": TEXT, "version": TEXT, "digest": TEXT}),
    "status": {"enum": ["pending", "running", "completed", "failed", "cancelled"]},
    "error": {**TEXT_OR_NULL, "description": "The code of the error"},
    "created_at": TEXT,
    "finished_at": TEXT_OR_NULL,
    "duration_ms": COUNT_OR_NULL,
    "job_id": TEXT_OR_NULL,
    "schedule_id": TEXT_OR_NULL,
    "parent_id": TEXT_OR_NULL,
    "recording": {**TEXT_OR_NULL, "description": "Where it is kept"},
}

SCHEMAS: JsonObject = {
    "Problem": {
        "description": "Why a request failed (RFC 9457)",
        **record(
            {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "detail": TEXT,
                "code": {**TEXT, "description": "Stable, such as `invalid_input`"},
                "hint": {**TEXT_OR_NULL, "description": "The next step"},
                "file": TEXT_OR_NULL,
                "line": COUNT_OR_NULL,
                "column": COUNT_OR_NULL,
                "problems": _PROBLEMS,
            },
            {"execution": {"$ref": "#/components/schemas/Execution"}},
        ),
    },
    "ProblemEntry": record(
        {
            "severity": {"enum": ["error", "warning"]},
            "message": TEXT,
            "file": TEXT_OR_NULL,
            "line": COUNT_OR_NULL,
            "column": COUNT_OR_NULL,
            "text": TEXT_OR_NULL,
            "pointer": {**TEXT_OR_NULL, "description": "JSON Pointer (RFC 6901) to what is wrong"},
            "hint": TEXT_OR_NULL,
        }
    ),
    "ListMeta": record(_LIST_META, _TOTAL),
    "TaskListMeta": record(
        {
            **_LIST_META,
            "left_out": {**_PROBLEMS, "description": "Tasks that cannot be loaded, and why"},
            "unusable_sources": listed(record({"source": TEXT, "reason": TEXT})),
        },
        _TOTAL,
    ),
    "Task": record(
        {
            "name": TEXT,
            "label": TEXT,
            "version": TEXT,
            "uuid": TEXT_OR_NULL,
            "description": TEXT_OR_NULL,
            "tags": _TEXTS,
            "category": TEXT_OR_NULL,
            "deprecated": FLAG,
            "deprecation_message": TEXT_OR_NULL,
            "location": TEXT,
            "digest": {**TEXT, "description": "Names exactly this content"},
            "timeout_seconds": NUMBER_OR_NULL,
            "memory_bytes": COUNT_OR_NULL,
            "permissions": record(
                {"net": _TEXTS_OR_NULL, "methods": _TEXTS_OR_NULL, "secrets": _TEXTS, "tasks": _TEXTS}
            ),
            "annotations": record(
                dict.fromkeys(
                    ("read_only", "destructive", "idempotent", "open_world", "deterministic", "long_running"),
                    FLAG_OR_NULL,
                )
            ),
            "input_schema": {"description": "JSON Schema; null where there is none"},
            "output_schema": {"description": "JSON Schema; null where there is none"},
            "source": {**TEXT, "description": "The source that it is from"},
            "enabled": {**FLAG, "description": "Whether it may run"},
            "warnings": _PROBLEMS,
        }
    ),
    "TaskSchemas": record({"input": ANYTHING, "output": ANYTHING}),
    "TaskSource": record(
        {
            "entrypoint": TEXT,
            "digest": TEXT,
            "files": listed(record({"path": TEXT, "text": TEXT_OR_NULL, "base64": TEXT_OR_NULL})),
        }
    ),
    "TaskCases": record(
        {
            "cases": listed(
                record(
                    {
                        "name": TEXT,
                        "description": TEXT_OR_NULL,
                        "file": TEXT,
                        "line": COUNT_OR_NULL,
                        "skip": TEXT_OR_NULL,
                        "only": FLAG,
                        "input": ANYTHING,
                        "should_fail": FLAG,
                        "mocks": COUNT,
                    },
                    {"expected_output": ANYTHING},
                )
            ),
            "problems": _PROBLEMS,
        }
    ),
    "TestReport": record(
        {
            "all_passed": FLAG,
            "what": TEXT,
            **dict.fromkeys(("passed", "failed", "flaky", "skipped", "updated", "broken", "left_out"), COUNT),
            "duration_ms": COUNT,
            "tasks": listed({"type": "object"}),
            "cases": listed({"type": "object"}),
        }
    ),
    "Validation": record({"valid": FLAG, "problems": _PROBLEMS}),
    "ExecutionRow": record(_EXECUTION_ROW),
    "Recording": record({**_EXECUTION_ROW, "files": listed(record({"path": TEXT, "bytes": COUNT}))}),
    "ExecutionLog": record(
        {
            "console": listed(record({"level": TEXT, "time_ms": COUNT, "text": TEXT})),
            "console_dropped": COUNT,
        }
    ),
    "Job": record(_JOB),
    "JobWithHistory": record(
        {
            **_JOB,
            "output": ANYTHING,
            "history": listed(
                record(
                    {
                        "number": COUNT,
                        "status": TEXT,
                        "node_id": TEXT_OR_NULL,
                        "execution_id": TEXT_OR_NULL,
                        "error": {"type": ["object", "null"]},
                        "started_at": TEXT,
                        "finished_at": TEXT_OR_NULL,
                        "retry_at": TEXT_OR_NULL,
                    }
                )
            ),
        }
    ),
    "JobStats": record(
        {
            "jobs": {"type": "object", "additionalProperties": COUNT},
            "queues": {"type": "object", "additionalProperties": record({"queued": COUNT, "running": COUNT})},
        }
    ),
    "Schedule": record(
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
            "overlap": TEXT,
            "misfire": TEXT,
            "max_executions": COUNT_OR_NULL,
            "enabled": FLAG,
            "next_at": TEXT_OR_NULL,
            "last_tick_at": TEXT_OR_NULL,
            "last_job_id": TEXT_OR_NULL,
            "fired": COUNT,
            "skipped": COUNT,
            "created_at": TEXT,
            "updated_at": TEXT,
        }
    ),
    "Times": record({"times": listed(TEXT_OR_NULL)}),
    "Node": _NODE,
    "Nodes": record({"data": listed(_NODE)}),
    "Workers": record(
        {
            "engine": TEXT,
            "most": COUNT,
            "busy": COUNT,
            "ready": COUNT,
            "waiting": COUNT,
            "executions": listed(record({"id": TEXT, "task": TEXT, "started_at": TEXT})),
        }
    ),
    "Har": {"type": "object", "required": ["log"], "description": "HAR 1.2"},
    "Health": record({"status": {"const": "ok"}, "version": TEXT}),
    "OpenApi": {"type": "object", "required": ["openapi", "info", "paths"]},
    "Text": TEXT,
    "File": {**TEXT, "format": "binary"},
    "Event": {
        "type": "object",
        "description": "One event of the stream",
        "required": ["id", "event", "data"],
        "properties": {
            "id": {**TEXT, "description": "Its number, from 1"},
            "event": {"enum": ["queued", "started", "progress", "log", "finished"]},
            "data": {**TEXT, "contentMediaType": "application/json"},
        },
    },
}
