"""Fill the defaults of a JSON Schema into a value."""

from __future__ import annotations

from typing import NamedTuple

from ratchet.errors import InvalidTask
from ratchet.task.subschemas import resolve, walk_schemas
from ratchet.values import Json, JsonObject

MOST_FILLED = 500_000
MOST_STEPS = 5_000_000
_LONGEST_CHAIN = 100


class _Found(NamedTuple):
    """A default that was found."""

    value: Json


def holds_defaults(schema: Json) -> bool:
    """Tell whether any part of a schema has a default."""
    return any("default" in part for _, part in walk_schemas(schema))


def copy_json(value: Json) -> Json:
    """Return a deep copy, whatever the nesting."""
    if type(value) not in (dict, list):
        return value
    result: Json = value.copy()
    waiting = [result]
    while waiting:
        part = waiting.pop()
        for key, child in part.items() if type(part) is dict else enumerate(part):
            if type(child) in (dict, list):
                part[key] = child.copy()
                waiting.append(part[key])
    return result


def fill_schema_defaults(schema: Json, value: Json) -> Json:
    """Return the value with every default that the schema gives for what is missing; the argument is left alone.

    Defaults are found through `properties`, `items`, `prefixItems`, `allOf` and `$ref` within the schema.

    Raises:
        InvalidTask: When the defaults make more and more objects without end.
    """
    result = copy_json(value)
    references = _References(schema)
    filled = steps = 0
    # A schema says the same about a part however often it is reached: this ends loops and doubling references.
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Json, Json]] = [(schema, result)]
    while waiting:
        part_schema, part = waiting.pop()
        if not isinstance(part_schema, dict) or not isinstance(part, dict | list):
            continue
        if (id(part_schema), id(part)) in seen:
            continue
        seen.add((id(part_schema), id(part)))
        steps += 1
        waiting.extend((other, part) for other in reversed(references.same_part(part_schema)))
        if isinstance(part, dict):
            filled += _fill_object(references, part_schema, part, waiting)
        else:
            _enter_array(part_schema, part, waiting)
        if filled > MOST_FILLED or steps > MOST_STEPS:
            hint = "Look for a default inside a schema that refers to itself"
            raise InvalidTask("The schema fills in defaults without end", hint=hint)
    return result


class _References:
    """A schema and what its references have been found to name."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._found: dict[str, Json] = {}

    def same_part(self, schema: JsonObject) -> list[Json]:
        """Return the schemas that a schema names to speak about the same part of the value."""
        others: list[Json] = []
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference not in self._found:
                self._found[reference] = resolve(self._root, reference)
            others.append(self._found[reference])
        members = schema.get("allOf")
        return others + members if isinstance(members, list) else others


def _fill_object(
    references: _References, schema: JsonObject, part: JsonObject, waiting: list[tuple[Json, Json]]
) -> int:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return 0
    filled = 0
    for name, child in properties.items():
        if name not in part and (found := _default_of(references, child)):
            part[name] = copy_json(found.value)
            filled += 1
        if name in part:
            waiting.append((child, part[name]))
    return filled


def _enter_array(schema: JsonObject, part: list[Json], waiting: list[tuple[Json, Json]]) -> None:
    items = schema.get("items")
    first = items if isinstance(items, list) else schema.get("prefixItems")
    first = first if isinstance(first, list) else []
    rest = schema.get("additionalItems") if isinstance(items, list) else items
    for index, child in enumerate(part):
        if isinstance(child, dict | list):
            waiting.append((first[index] if index < len(first) else rest, child))


def _default_of(references: _References, schema: Json) -> _Found | None:
    """Return the default of a schema: its own, else the first of those it refers to."""
    waiting = [schema]
    for _ in range(_LONGEST_CHAIN):
        if not waiting:
            return None
        current = waiting.pop()
        if isinstance(current, dict):
            if "default" in current:
                return _Found(current["default"])
            waiting.extend(reversed(references.same_part(current)))
    return None
