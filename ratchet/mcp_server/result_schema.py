"""The output of a task as a tool gives it back: an object, as the older protocol wants it."""

from __future__ import annotations

import copy

from ratchet.task.subschemas import walk_schemas
from ratchet.values import Json, JsonObject

RESULT = "result"
_INSIDE = f"#/properties/{RESULT}"


def is_object_schema(schema: Json) -> bool:
    """Tell whether all that fits a schema is objects, by what its root says."""
    return isinstance(schema, dict) and schema.get("type") == "object"


def result_schema(schema: Json) -> JsonObject:
    """Return the schema of what a tool gives back: the task's own, or an object that holds its output."""
    if isinstance(schema, dict) and is_object_schema(schema):
        return schema
    inner = _moved(schema) if isinstance(schema, dict) else {}
    whole: JsonObject = {"type": "object", "properties": {RESULT: inner}, "required": [RESULT]}
    return {"$schema": inner.pop("$schema"), **whole} if "$schema" in inner else whole


def _moved(schema: JsonObject) -> JsonObject:
    """Return a schema in which references to its own root lead to its new place."""
    moved = copy.deepcopy(schema)
    # With a name of its own, it would be its own root still, which few clients know.
    moved.pop("$id", None)
    for _, part in walk_schemas(moved):
        for keyword in ("$ref", "$dynamicRef"):
            reference = part.get(keyword)
            if isinstance(reference, str) and (reference == "#" or reference.startswith("#/")):
                part[keyword] = _INSIDE + reference[1:]
    return moved


def result_value(schema: Json, output: Json) -> Json:
    """Return an output as its schema's result."""
    return output if is_object_schema(schema) else {RESULT: output}
