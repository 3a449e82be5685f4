"""Both checkers of schemas on schemas and values that Hypothesis makes, in every dialect."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.task.schema import check_schema, check_value, compile_schema
from ratchet.values import Json, JsonObject

DIALECTS = {
    "http://json-schema.org/draft-04/schema#": jsonschema.Draft4Validator,
    "http://json-schema.org/draft-06/schema#": jsonschema.Draft6Validator,
    "http://json-schema.org/draft-07/schema#": jsonschema.Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": jsonschema.Draft202012Validator,
}
NAMES = st.sampled_from(["a", "b", "ab"])
VALUES = st.recursive(
    st.sampled_from([None, True, False, 0, 1, -1, 2.0, 0.5, 10**20, "", "a", "ab", "é", "2020-02-30", "a@b.example"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
KEYWORDS: dict[str, st.SearchStrategy[Json]] = {
    "type": st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object", ["integer", "null"]]),
    "enum": st.lists(VALUES, min_size=1, max_size=3, unique_by=repr),
    "const": VALUES,
    "minimum": st.integers(-2, 2),
    "maximum": st.integers(-2, 2),
    "exclusiveMaximum": st.integers(-2, 2),
    "multipleOf": st.sampled_from([1, 2, 0.5]),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 2),
    "pattern": st.sampled_from(["a", "^b", "^[ab]*$", "(a|b)+$", "^$"]),
    "format": st.sampled_from(["date", "email", "ipv4", "uuid", "nobody-knows"]),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "required": st.lists(NAMES, min_size=1, max_size=2, unique=True),
    "maxProperties": st.integers(0, 2),
    "$ref": st.sampled_from(["#", "#/definitions/a", "#/$defs/a"]),
}
OF_ONE = ("not", "items", "additionalProperties", "contains", "propertyNames", "if", "then", "else", "unevaluatedItems")
OF_MANY = ("anyOf", "oneOf", "allOf")
BY_NAME = ("properties", "patternProperties", "dependentSchemas")


def nested(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Return schemas with schemas inside."""
    optional: dict[Any, st.SearchStrategy[Json]] = {**KEYWORDS}
    optional.update((keyword, inner) for keyword in OF_ONE)
    optional.update((keyword, st.lists(inner, min_size=1, max_size=3)) for keyword in OF_MANY)
    optional.update((keyword, st.dictionaries(NAMES, inner, min_size=1, max_size=2)) for keyword in BY_NAME)
    keywords = st.lists(st.sampled_from(sorted(optional)), min_size=1, max_size=3, unique=True)
    return keywords.flatmap(lambda chosen: st.fixed_dictionaries({keyword: optional[keyword] for keyword in chosen}))


SCHEMAS = st.recursive(
    st.sampled_from(sorted(KEYWORDS)).flatmap(lambda keyword: st.fixed_dictionaries({keyword: KEYWORDS[keyword]})),
    nested,
    max_leaves=5,
)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(schema=SCHEMAS, shared=SCHEMAS, value=VALUES)
def test_both_checkers_decide_alike(dialect: str, schema: JsonObject, shared: JsonObject, value: Json) -> None:
    whole = {"$schema": dialect, "definitions": {"a": shared}, "$defs": {"a": shared}, **schema}
    before = json.dumps(value)
    found = decide(whole, value)
    assert json.dumps(value) == before
    try:
        assert found is reference(DIALECTS[dialect], whole, value)
    except RecursionError:
        # A schema that refers to itself for the same part of a value: ours has ended, the reference does not.
        assert "'$ref'" in repr(whole)


def decide(schema: Json, value: Json) -> bool | None:
    """Return whether a value fits, None when the schema is refused."""
    return None if check_schema(schema) else not check_value(compile_schema(schema), value)


def reference(kind: Any, schema: Json, value: Json) -> bool | None:
    """Return the same as the reference has it."""
    try:
        kind.check_schema(schema)
        fits: bool = kind(schema, format_checker=kind.FORMAT_CHECKER).is_valid(value)
    except jsonschema.SchemaError:
        return None
    return fits
