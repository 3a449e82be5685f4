"""Say a JSON Schema as a TypeScript type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ratchet.task.subschemas import resolve
from ratchet.values import Json, JsonObject

ANY = "unknown"
_MOST_PARTS = 2_000
"""Schemas inside schemas; references can make a small text name very many."""
_DEEPEST = 24
_MOST_CHOICES = 100
_LONGEST_COMMENT = 2_000
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}
_OBJECT_KEYS = {"properties", "required", "additionalProperties", "patternProperties"}
_ARRAY_KEYS = {"items", "prefixItems"}
_NOTES = ("minimum", "maximum", "minLength", "maxLength", "pattern", "format", "default")


def type_of_schema(schema: Json, *, margin: str = "", filled: bool = False) -> str:
    """Return the TypeScript type of the values that fit a schema, as far as TypeScript can say it.

    Args:
        margin: What stands before each line but the first.
        filled: Whether defaults are filled in, so that a property that has one may be left out.
    """
    return _Types(schema, filled).type_of(schema, margin, 0)


def property_name(name: str) -> str:
    """Return a name as a type has it before the colon: in quotes where it is no identifier."""
    return name if _NAME.fullmatch(name) else json.dumps(name)


def comment_lines(text: str, margin: str = "") -> list[str]:
    """Return the lines of a JSDoc comment; none for an empty text."""
    # What would end the comment, and what a terminal or an editor would obey, is no part of it.
    sound = "".join(each if each.isprintable() or each == "\n" else " " for each in text[:_LONGEST_COMMENT])
    lines = [line.rstrip() for line in sound.replace("*/", "*\\/").strip().split("\n")]
    if lines == [""]:
        return []
    if len(lines) == 1:
        return [f"{margin}/** {lines[0]} */"]
    return [f"{margin}/**", *(f"{margin} * {line}".rstrip() for line in lines), f"{margin} */"]


class _Types:
    """Types of the parts of one schema."""

    def __init__(self, root: Json, filled: bool) -> None:
        self._root = root
        self._filled = filled
        self._left = _MOST_PARTS
        self._following: list[str] = []

    def type_of(self, schema: Json, margin: str, depth: int) -> str:
        self._left -= 1
        if schema is False:
            return "never"
        if not isinstance(schema, dict) or depth > _DEEPEST or self._left < 0:
            return ANY
        parts = [part for part in self._parts(schema, margin, depth) if part != ANY]
        if len(parts) < 2:
            return parts[0] if parts else ANY
        return " & ".join(_grouped(part) for part in dict.fromkeys(parts))

    def _parts(self, schema: JsonObject, margin: str, depth: int) -> Iterator[str]:
        """Yield types that a value must all have."""
        if isinstance(schema.get("$ref"), str):
            yield self._referred(schema["$ref"], margin, depth)
        if "const" in schema:
            yield _literal(schema["const"])
        elif isinstance(schema.get("enum"), list) and schema["enum"]:
            yield _union(_literal(value) for value in schema["enum"][:_MOST_CHOICES])
        else:
            yield self._of_kinds(schema, margin, depth)
        for key in ("anyOf", "oneOf"):
            if isinstance(schema.get(key), list):
                yield _union(self.type_of(each, margin, depth + 1) for each in schema[key][:_MOST_CHOICES])
        for each in schema["allOf"][:_MOST_CHOICES] if isinstance(schema.get("allOf"), list) else ():
            yield self.type_of(each, margin, depth + 1)

    def _referred(self, reference: str, margin: str, depth: int) -> str:
        # A schema that holds itself has no end when it is written out.
        if reference in self._following:
            return ANY
        self._following.append(reference)
        found = self.type_of(resolve(self._root, reference), margin, depth + 1)
        self._following.pop()
        return found

    def _of_kinds(self, schema: JsonObject, margin: str, depth: int) -> str:
        kinds = schema.get("type")
        if kinds is None:
            implied = [("object", _OBJECT_KEYS), ("array", _ARRAY_KEYS)]
            kinds = [kind for kind, keys in implied if keys & schema.keys()][:1]
        kinds = kinds if isinstance(kinds, list) else [kinds]
        return _union(self._of_kind(kind, schema, margin, depth) for kind in kinds)

    def _of_kind(self, kind: Json, schema: JsonObject, margin: str, depth: int) -> str:
        if kind == "object":
            return self._object(schema, margin, depth)
        if kind == "array":
            return self._array(schema, margin, depth)
        return _PLAIN.get(kind, ANY) if isinstance(kind, str) else ANY

    def _object(self, schema: JsonObject, margin: str, depth: int) -> str:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        required = schema["required"] if isinstance(schema.get("required"), list) else []
        others = schema.get("additionalProperties")
        lines: list[str] = []
        inner = f"{margin}  "
        for name, part in properties.items():
            optional = name not in required or (self._filled and isinstance(part, dict) and "default" in part)
            lines += comment_lines(_words_of(part), inner)
            lines.append(
                f"{inner}{property_name(name)}{'?' if optional else ''}: {self.type_of(part, inner, depth + 1)};"
            )
        if isinstance(others, dict) and others and not lines:
            return f"Record<string, {self.type_of(others, margin, depth + 1)}>"
        if not lines:
            return "Record<string, never>" if others is False else f"Record<string, {ANY}>"
        if isinstance(others, dict) or schema.get("patternProperties"):
            lines.append(f"{inner}[name: string]: {ANY};")
        return "\n".join(["{", *lines, f"{margin}}}"])

    def _array(self, schema: JsonObject, margin: str, depth: int) -> str:
        items, first = schema.get("items"), schema.get("prefixItems")
        if isinstance(items, list):
            # Before draft 2020-12.
            items, first = schema.get("additionalItems"), items
        if not isinstance(first, list):
            return f"{_grouped(self.type_of(items, margin, depth + 1))}[]"
        least = schema.get("minItems")
        least = least if isinstance(least, int) else 0
        members = [self.type_of(each, margin, depth + 1) for each in first]
        told = [member if index < least else f"{_grouped(member)}?" for index, member in enumerate(members)]
        if items is not False:
            told.append(f"...{_grouped(self.type_of(items, margin, depth + 1))}[]")
        return f"[{', '.join(told)}]"


def _literal(value: Json) -> str:
    """Return the type of one value; of an array or object only that it is something."""
    return ANY if isinstance(value, dict | list) else json.dumps(value)


def _union(types: Iterator[str]) -> str:
    found = list(dict.fromkeys(types))
    if not found or ANY in found:
        return ANY
    return " | ".join(found)


def _grouped(text: str) -> str:
    return f"({text})" if "|" in text or "&" in text else text


def _words_of(schema: Json) -> str:
    """Return what a schema says for a person, and what the type cannot say."""
    if not isinstance(schema, dict):
        return ""
    words = [schema[key] for key in ("description", "title") if isinstance(schema.get(key), str)][:1]
    notes = [f"@{key} {json.dumps(schema[key])}" for key in _NOTES if key in schema]
    return "\n".join([*words, *notes])
