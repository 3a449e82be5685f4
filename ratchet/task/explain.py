"""Say in plain words how a value breaks a JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ratchet.task.pointer import pointer_of
from ratchet.task.subschemas import value_at
from ratchet.task.text import nearest, printable
from ratchet.values import Json, Problem

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_LONGEST = 60
_ARTICLES = {"array": "an array", "boolean": "true or false", "integer": "an integer", "null": "null"}
_ARTICLES |= {"number": "a number", "object": "an object", "string": "a string"}
_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
}
_COUNTS = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "property"),
    "maxProperties": ("at most", "property"),
}
_MOST_OPTIONS = 10
_MOST_REASONS = 5


def explain(error: ValidationError, schema: Json, value: Json) -> list[Problem]:
    """Return the problems that one violation stands for."""
    path = tuple(error.instance_path)
    part = value_at(value, path)
    pointer = pointer_of(path)
    kind = error.kind.name
    detail = error.kind.as_dict()
    if kind == "falseSchema" and error.schema_path[-1:] == ["additionalProperties"] and isinstance(part, dict):
        return [_unknown_property(name, (*path, name), []) for name in part]
    if kind in ("additionalProperties", "unevaluatedProperties"):
        known = _known_properties(schema, error)
        return [_unknown_property(name, (*path, name), known) for name in detail["unexpected"]]
    if kind == "required":
        name = detail["property"]
        wanted = _wanted(_sibling(schema, error, "properties", name))
        return [Problem(f"`{printable(name)}` is missing{wanted}", pointer=pointer)]
    if kind in ("anyOf", "oneOf") and type(error.kind).__name__ != "OneOfMultipleValid":
        return _no_alternative(error, schema, value, pointer, part)
    hint = _nearest_option(detail["options"], part) if kind == "enum" else None
    return [Problem(_sentence(kind, detail, part), pointer=pointer, hint=hint)]


def describe(value: Json) -> str:
    """Return a value's kind, with the value itself where it is short."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    shown = _shown(value)
    return f"the string `{shown}`" if isinstance(value, str) else f"`{shown}`"


def _shown(value: Json) -> str:
    if isinstance(value, str):
        value = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**_LONGEST:
        return "a very large number"
    return printable(json.dumps(value, ensure_ascii=False), _LONGEST + 40)


def _options(options: list[Json]) -> str:
    listed = [f"`{_shown(option)}`" for option in options[:_MOST_OPTIONS]]
    more = len(options) - len(listed)
    return ", ".join(listed) + (f" or {more} more" if more > 0 else "")


def _types(types: list[str]) -> str:
    return " or ".join(_ARTICLES.get(name, name) for name in types)


def _sentence(kind: str, detail: dict[str, Json], part: Json) -> str:
    """Return the sentence for one keyword; `detail` holds what the keyword asks for."""
    got = describe(part)
    if kind == "type":
        return f"Expected {_types(detail['types'])}, got {got}"
    if kind == "enum":
        return f"Expected one of {_options(detail['options'])}, got {got}"
    if kind == "const":
        return f"Expected `{_shown(detail['expected_value'])}`, got {got}"
    if kind == "format":
        return f"Expected the format `{printable(detail['format'])}`, got {got}"
    if kind == "pattern" and "pattern" in detail:
        return f"Expected text that matches `{printable(detail['pattern'])}`, got {got}"
    if kind in _LIMITS:
        limit = detail["multiple_of"] if kind == "multipleOf" else detail["limit"]
        return f"Expected {_LIMITS[kind]} {limit}, got {got}"
    if kind in _COUNTS:
        bound, unit = _COUNTS[kind]
        return f"Expected {bound} {_count(detail['limit'], unit)}, got {len(part) if part is not None else 0}"
    return _rare_sentence(kind, detail, got)


def _rare_sentence(kind: str, detail: dict[str, Json], got: str) -> str:
    if kind == "uniqueItems":
        return "Expected items that all differ"
    if kind == "contains":
        return "Expected more or fewer items that match `contains`"
    if kind == "not":
        return f"Expected something else than {got}"
    if kind == "oneOf":
        return f"Expected exactly one of the alternatives to match {got}, but several do"
    if kind == "propertyNames":
        return "A property has a name that is not allowed"
    if kind in ("additionalItems", "unevaluatedItems"):
        return "There are more items than expected"
    if kind == "pattern":
        return "The text is too long for the `pattern` of the schema, which looks ahead or back"
    if kind in ("contentEncoding", "contentMediaType"):
        return f"Expected text in `{printable(str(next(iter(detail.values()), kind)))}`"
    return f"No value is allowed here, got {got}"


def _count(number: int, unit: str) -> str:
    if number == 1:
        return f"{number} {unit}"
    return f"{number} properties" if unit == "property" else f"{number} {unit}s"


def _nearest_option(options: list[Json], part: Json) -> str | None:
    words = [option for option in options if isinstance(option, str)]
    match = nearest(part, words) if isinstance(part, str) else None
    return f"Did you mean `{printable(match)}`?" if match else None


def _no_alternative(error: ValidationError, schema: Json, value: Json, pointer: str, part: Json) -> list[Problem]:
    """Name the alternatives by the reason that each gives, the least wrong one first."""
    context: list[list[ValidationError]] = error.kind.as_dict()["context"]
    branches = sorted((branch for branch in context if branch), key=len)
    words = [branch[0] for branch in branches if len(branch) == 1 and branch[0].kind.name == "enum"]
    if len(words) == 1 and isinstance(part, str):
        # A word among known words was meant: the other kinds of value that would do are beside the point.
        return explain(words[0], schema, value)
    reasons: list[str] = []
    for branch in branches[:_MOST_REASONS]:
        for problem in explain(branch[0], schema, value)[:1]:
            where = f" at `{problem.pointer}`" if problem.pointer != pointer else ""
            reason = problem.message[0].lower() + problem.message[1:] + where
            if reason not in reasons:
                reasons.append(reason)
    message = f"Expected one of {len(context)} alternatives, got {describe(part)}"
    return [Problem(message, pointer=pointer, hint="; or ".join(reasons) or None)]


def _unknown_property(name: str, path: tuple[str | int, ...], known: list[str]) -> Problem:
    match = nearest(name, known)
    hint = f"Did you mean `{printable(match)}`?" if match else None
    return Problem(f"`{printable(name)}` is not a property that is allowed here", pointer=pointer_of(path), hint=hint)


def _keyword_owner(schema: Json, error: ValidationError) -> Json:
    """Return the schema object that holds the violated keyword, None when it is behind a reference."""
    return value_at(schema, tuple(error.schema_path)[:-1])


def _known_properties(schema: Json, error: ValidationError) -> list[str]:
    owner = _keyword_owner(schema, error)
    properties = owner.get("properties") if isinstance(owner, dict) else None
    return list(properties)[:1000] if isinstance(properties, dict) else []


def _sibling(schema: Json, error: ValidationError, keyword: str, name: str) -> Json:
    owner = _keyword_owner(schema, error)
    return value_at(owner, (keyword, name)) if isinstance(owner, dict) else None


def _wanted(schema: Json) -> str:
    kind = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(kind, str) and kind in _ARTICLES:
        return f": expected {_ARTICLES[kind]}"
    return ""
