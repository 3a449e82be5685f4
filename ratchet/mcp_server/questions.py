"""What the user of a client is asked before a task runs: for what the input lacks, and whether to go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ratchet.errors import NotPermitted
from ratchet.task.model import Task
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

INPUT = "input"
CONFIRM = "confirm"
_PRIMITIVES = ("string", "number", "integer", "boolean")
_KEPT = ("type", "title", "description", "enum", "default", "minimum", "maximum", "minLength", "maxLength", "format")
_FORMATS = ("email", "uri", "date", "date-time")
_MOST_FIELDS = 20


class Question(NamedTuple):
    """One form (MCP 2025-11-25, elicitation).

    Args:
        schema: An object of primitive values.
    """

    key: str
    message: str
    schema: JsonObject


def questions_of(task: Task, value: Json, *, confirm: bool) -> list[Question]:
    """Return what to ask before a task runs on a value.

    Args:
        confirm: Whether to ask before a task that says that it destroys something.
    """
    name = printable(task.metadata.label)
    questions = []
    fields = _missing_fields(task.input_schema, value)
    if fields:
        schema: JsonObject = {"type": "object", "properties": fields, "required": list(fields)}
        questions.append(Question(INPUT, f"`{name}` needs more to begin with", schema))
    if confirm and is_destructive(task):
        told = f"`{name}` may destroy something: {printable(task.metadata.description or 'it says so', 500)}"
        properties: JsonObject = {CONFIRM: {"type": "boolean", "title": "Run it", "default": False}}
        questions.append(Question(CONFIRM, told, {"type": "object", "properties": properties, "required": [CONFIRM]}))
    return questions


def filled(value: Json, fields: Mapping[str, Json]) -> Json:
    """Return an input with what the user has given for what it lacks; what is there stays."""
    return {**fields, **value} if isinstance(value, dict) else value


def is_destructive(task: Task) -> bool:
    """Tell whether a task says of itself that it destroys something."""
    return task.metadata.annotations.destructive is True


def check_confirmed(task: Task, *, needed: bool, confirmed: bool = False) -> None:
    """Let a task run that destroys nothing, or that the user has agreed to.

    Raises:
        NotPermitted: The user has not, or could not be asked.
    """
    if needed and not confirmed and is_destructive(task):
        raise NotPermitted(
            f"`{task.name}` may destroy something, and nobody has agreed to that",
            hint="Call it alone from a client that can ask its user (elicitation), or set `mcp.confirm: false`",
        )


def _missing_fields(schema: Json, value: Json) -> JsonObject:
    """Return the schemas of the required properties that are missing; none where a form cannot ask for all of them."""
    if not isinstance(schema, dict) or not isinstance(value, dict):
        return {}
    required, properties = schema.get("required"), schema.get("properties")
    if not isinstance(required, list) or not isinstance(properties, dict):
        return {}
    fields = {name: _field(properties.get(name)) for name in required if isinstance(name, str) and name not in value}
    if len(fields) > _MOST_FIELDS:
        return {}
    asked = {name: field for name, field in fields.items() if field is not None}
    return asked if len(asked) == len(fields) else {}


def _field(schema: Json) -> JsonObject | None:
    """Return a property as a form has it; None for what is no primitive value."""
    if not isinstance(schema, dict):
        return None
    enum = schema.get("enum")
    is_choice = isinstance(enum, list) and bool(enum) and all(isinstance(option, str) for option in enum)
    if schema.get("type") not in _PRIMITIVES and not is_choice:
        return None
    field = {key: schema[key] for key in _KEPT if key in schema}
    if not is_choice:
        field.pop("enum", None)
    if field.get("format") not in _FORMATS:
        field.pop("format", None)
    return {**field, "type": "string"} if is_choice else field
