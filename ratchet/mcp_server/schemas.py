"""JSON Schemas that several tools share."""

from __future__ import annotations

import importlib.resources
import json

from ratchet.task.schema_words import COUNT, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import JsonObject

STATUSES = ("pending", "running", "completed", "failed", "cancelled")


def execution_schema() -> JsonObject:
    """Return the schema of the `Execution` document."""
    text = importlib.resources.files("ratchet.execution").joinpath("execution.schema.json").read_text("utf-8")
    schema: JsonObject = json.loads(text)
    return schema


MOST_FILES = 200
"""In one call."""
CASES: JsonObject = {
    "type": "array",
    "items": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
    "description": "Tests: `name`, `input`, `expected_output`, and what else a case may say; each is a file",
}
PERMISSIONS: JsonObject = {
    "type": "object",
    "description": "What it may reach: `net`, `methods`, `secrets`, `tasks`",
}
TASK = described(TEXT, "`name`, `name@version` or `source/name`, as `list_tasks` gives it")
EXECUTION_ID = described(TEXT, "As `execute_task` or `list_executions` gives it")

BYTES_PER_TOKEN = 3
"""JSON has fewer bytes in a token than prose, which has about four."""

MAX_TOKENS: JsonObject = {
    "type": "integer",
    "minimum": 1000,
    "description": f"Shorten the answer by its structure to about so many tokens of {BYTES_PER_TOKEN} bytes",
}

SHORTENED = "shortened"
SHORTENED_SCHEMA = described(
    record(
        {
            "bytes": described(COUNT, "The size of the whole"),
            "parts": listed(
                record(
                    {
                        "pointer": described(TEXT, "JSON Pointer to what holds only its head and its tail"),
                        "kind": {"enum": ["items", "keys", "characters"]},
                        "total": COUNT,
                        "first": COUNT,
                        "last": COUNT,
                        "rest": described(TEXT_OR_NULL, "The resource to read on at"),
                    }
                )
            ),
            "more_parts": described(COUNT, "Parts that were shortened and are not listed"),
        }
    ),
    "Where the answer was too large to give whole: what of it is not here",
)
FAILURE: JsonObject = {
    "type": "object",
    "description": "Why the call failed: `code`, `message`, `file`, `line`, `column`, `hint`, `problems`",
}


def with_failures(schema: JsonObject) -> JsonObject:
    """Return the schema of what a tool gives back where it may fail, and where the whole may be too large."""
    own = schema["properties"]
    error = {"anyOf": [own["error"], FAILURE]} if "error" in own else FAILURE
    more = {
        "error": error,
        "answer": described({"type": "object"}, "What there is room for"),
        SHORTENED: SHORTENED_SCHEMA,
    }
    failed: JsonObject = {"properties": {"error": {"type": "object"}}, "required": ["error"]}
    succeeded = {key: schema[key] for key in ("required", "allOf") if key in schema}
    rest = {key: value for key, value in schema.items() if key not in succeeded}
    return {**rest, "properties": {**own, **more}, "anyOf": [succeeded, failed]}
