"""JSON Schemas as TypeScript types."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from ratchet.task.type_of_schema import type_of_schema
from ratchet.values import Json, JsonObject

LIST: JsonObject = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"value": {"type": "number"}, "next": {"$ref": "#/$defs/node"}},
            "required": ["value"],
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, "unknown"),
        (None, "unknown"),
        (False, "never"),
        ({"type": "integer"}, "number"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"type": "whatever"}, "unknown"),
        ({"type": ["string", 5]}, "unknown"),
        ({"enum": ["a", 1, None, "a"]}, '"a" | 1 | null'),
        ({"enum": ["a", {"b": 1}]}, "unknown"),
        ({"const": "on"}, '"on"'),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, "string | number"),
        ({"oneOf": [{"type": "string"}, True]}, "unknown"),
        ({"type": "array"}, "unknown[]"),
        ({"items": {"type": ["string", "null"]}}, "(string | null)[]"),
        ({"prefixItems": [{"type": "string"}, {"type": "null"}], "minItems": 1}, "[string, null?, ...unknown[]]"),
        ({"prefixItems": [{"type": "string"}], "minItems": 1, "items": False}, "[string]"),
        ({"items": [{"type": "string"}], "additionalItems": False}, "[string?]"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({"type": "object", "additionalProperties": False}, "Record<string, never>"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Record<string, number>"),
        ({"allOf": [{"enum": ["a", "b"]}, {"type": "string"}]}, '("a" | "b") & string'),
        ({"$ref": "other.json"}, "unknown"),
        ({"$ref": "#"}, "unknown"),
    ],
)
def test_a_schema_is_a_type(schema: Json, expected: str) -> None:
    assert type_of_schema(schema) == expected


def test_properties_have_their_names_words_and_margins() -> None:
    schema = {
        "type": "object",
        "properties": {
            "order-id": {"type": "string", "description": "As printed */ on it\nand nowhere else", "pattern": "^A"},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}},
            "currency": {"type": "string", "default": "EUR"},
        },
        "required": ["order-id", "currency"],
        "patternProperties": {"^x-": True},
    }
    assert type_of_schema(schema, margin="  ", filled=True) == snapshot(
        """\
{
    /**
     * As printed *\\/ on it
     * and nowhere else
     * @pattern "^A"
     */
    "order-id": string;
    lines?: {
      price?: number;
    }[];
    /** @default "EUR" */
    currency?: string;
    [name: string]: unknown;
  }\
"""
    )
    assert "\n  currency: string;" in type_of_schema(schema)


def test_a_schema_that_holds_itself_ends() -> None:
    assert type_of_schema(LIST) == "{\n  value: number;\n  next?: unknown;\n}"


def test_references_that_multiply_are_given_up() -> None:
    definitions = {
        str(level): {"prefixItems": [{"$ref": f"#/$defs/{level + 1}"}] * 10, "minItems": 10} for level in range(20)
    }
    assert len(type_of_schema({"$ref": "#/$defs/0", "$defs": definitions})) < 200_000
