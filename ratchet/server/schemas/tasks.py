"""Tasks, their parts, and what comes of checking them."""

from __future__ import annotations

from ratchet.server.schemas.failures import PROBLEMS
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

_TEXTS = listed(TEXT)
_TEXTS_OR_NULL: JsonObject = {"type": ["array", "null"], "items": TEXT}
_FLAG_OR_NULL: JsonObject = {"type": ["boolean", "null"]}
_ANNOTATIONS = ("read_only", "destructive", "idempotent", "open_world", "deterministic", "long_running")
_COUNTED = ("passed", "failed", "flaky", "skipped", "updated", "broken", "left_out")
_SCHEMA = described({}, "JSON Schema; null where there is none")
_CASE = record(
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

SCHEMAS: JsonObject = {
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
            "digest": described(TEXT, "Names exactly this content"),
            "timeout_seconds": {"type": ["number", "null"]},
            "memory_bytes": COUNT_OR_NULL,
            "permissions": record(
                {"net": _TEXTS_OR_NULL, "methods": _TEXTS_OR_NULL, "secrets": _TEXTS, "tasks": _TEXTS}
            ),
            "annotations": record(dict.fromkeys(_ANNOTATIONS, _FLAG_OR_NULL)),
            "input_schema": _SCHEMA,
            "output_schema": _SCHEMA,
            "source": described(TEXT, "The source that it is from"),
            "enabled": described(FLAG, "Whether it may run"),
            "warnings": PROBLEMS,
        }
    ),
    "TaskSchemas": record({"input": _SCHEMA, "output": _SCHEMA}),
    "TaskSource": record(
        {
            "entrypoint": TEXT,
            "digest": TEXT,
            "files": listed(record({"path": TEXT, "text": TEXT_OR_NULL, "base64": TEXT_OR_NULL})),
        }
    ),
    "TaskCases": record({"cases": listed(_CASE), "problems": PROBLEMS}),
    "TestReport": record(
        {
            "all_passed": FLAG,
            "what": TEXT,
            **dict.fromkeys(_COUNTED, COUNT),
            "duration_ms": COUNT,
            "tasks": listed({"type": "object"}),
            "cases": listed({"type": "object"}),
        }
    ),
    "Validation": record({"valid": FLAG, "problems": PROBLEMS}),
}
