"""Walk the schemas inside a JSON Schema, and only those."""

from __future__ import annotations

from collections.abc import Iterator

from ratchet.task.pointer import path_of_pointer
from ratchet.values import Json, JsonObject

Steps = tuple[str | int, ...]

_ONE = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
_LIST = ("allOf", "anyOf", "items", "oneOf", "prefixItems")
_MAP = ("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties")


def walk_schemas(schema: Json) -> Iterator[tuple[Steps, JsonObject]]:
    """Yield every schema object with its path; what stands under `const`, `enum` or `default` is not one."""
    waiting: list[tuple[Steps, Json]] = [((), schema)]
    while waiting:
        path, part = waiting.pop()
        if not isinstance(part, dict):
            continue
        yield path, part
        children = list(_children(part))
        waiting.extend((path + steps, child) for steps, child in reversed(children))


def _children(schema: JsonObject) -> Iterator[tuple[Steps, Json]]:
    for key, value in schema.items():
        if isinstance(value, dict):
            if key in _ONE:
                yield (key,), value
            elif key in _MAP:
                yield from (((key, name), child) for name, child in value.items())
        elif isinstance(value, list) and key in _LIST:
            yield from (((key, index), child) for index, child in enumerate(value))


def resolve(root: Json, reference: str) -> Json:
    """Return what a `$ref` within one schema names: `#`, `#/pointer` or `#anchor`; None when it is not there."""
    if not reference.startswith("#"):
        return None
    # Deferred: only schemas with references need it.
    from urllib.parse import unquote

    fragment = unquote(reference[1:])
    if fragment and not fragment.startswith("/"):
        anchors = ({"$anchor": fragment}, {"$dynamicAnchor": fragment}, {"$id": "#" + fragment}, {"id": "#" + fragment})
        return next((part for _, part in walk_schemas(root) if any(a.items() <= part.items() for a in anchors)), None)
    return value_at(root, path_of_pointer(fragment))


def value_at(value: Json, path: Steps) -> Json:
    """Return the value at a path of keys and indexes, None when it is not there."""
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
