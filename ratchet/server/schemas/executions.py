"""Executions: the document, as the core describes it; lists of them, what is kept of them, and their events."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import get_args

from ratchet.execution.document import Status
from ratchet.task.schema_words import COUNT, COUNT_OR_NULL, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import Json, JsonObject


def _document_schemas() -> JsonObject:
    """Return the schema of executions and its parts as schemas of the document."""
    schema = json.loads(files("ratchet.execution").joinpath("execution.schema.json").read_text("utf-8"))
    parts = schema.pop("$defs", {})
    for key in ("$schema", "$id"):
        schema.pop(key, None)
    named = {"Execution": schema, **{f"Execution_{name}": part for name, part in parts.items()}}
    return {name: _moved(part) for name, part in named.items()}


def _moved(value: Json) -> Json:
    if isinstance(value, dict):
        return {
            key: each.replace("#/$defs/", "#/components/schemas/Execution_") if key == "$ref" else _moved(each)
            for key, each in value.items()
        }
    return [_moved(each) for each in value] if isinstance(value, list) else value


_ROW: JsonObject = {
    "id": TEXT,
    "task": record({"name": TEXT, "version": TEXT, "digest": TEXT}),
    "status": {"enum": list(get_args(Status))},
    "error": described(TEXT_OR_NULL, "The code of the error"),
    "created_at": TEXT,
    "finished_at": TEXT_OR_NULL,
    "duration_ms": COUNT_OR_NULL,
    "job_id": TEXT_OR_NULL,
    "schedule_id": TEXT_OR_NULL,
    "parent_id": TEXT_OR_NULL,
    "recording": described(TEXT_OR_NULL, "Where it is kept"),
}

SCHEMAS: JsonObject = {
    **_document_schemas(),
    "ExecutionRow": record(_ROW),
    "Recording": record({**_ROW, "files": listed(record({"path": TEXT, "bytes": COUNT}))}),
    "ExecutionLog": record(
        {"console": listed(record({"level": TEXT, "time_ms": COUNT, "text": TEXT})), "console_dropped": COUNT}
    ),
    "Har": {"type": "object", "required": ["log"], "description": "HAR 1.2"},
    "Event": {
        "type": "object",
        "description": "One event of the stream",
        "required": ["id", "event", "data"],
        "properties": {
            "id": described(TEXT, "Its number, from 1"),
            "event": {"enum": ["queued", "started", "progress", "log", "finished"]},
            "data": {**TEXT, "contentMediaType": "application/json"},
        },
    },
}
