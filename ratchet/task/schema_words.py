"""The words in which the schemas of our own documents are written."""

from __future__ import annotations

from ratchet.values import JsonObject

TEXT: JsonObject = {"type": "string"}
TEXT_OR_NULL: JsonObject = {"anyOf": [{"type": "string"}, {"type": "null"}]}
FLAG: JsonObject = {"type": "boolean"}
COUNT: JsonObject = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: JsonObject = {"type": ["integer", "null"], "minimum": 0}
ANYTHING: JsonObject = {"description": "Any JSON value"}


def record(required: JsonObject, optional: JsonObject | None = None) -> JsonObject:
    """Return the schema of an object with these properties and no others."""
    schema: JsonObject = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }
    return {**schema, "required": list(required)} if required else schema


def listed(items: JsonObject) -> JsonObject:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def described(schema: JsonObject, description: str) -> JsonObject:
    """Return a schema with a sentence about the value."""
    return {**schema, "description": description}
