"""Filling in defaults."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given

from ratchet.errors import InvalidTask
from ratchet.task.schema import compile_schema, fill_defaults
from ratchet.values import Json
from tests.task.test_parse import VALUES


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"properties": {"a": {"default": 1}}}, {}, {"a": 1}),
        ({"properties": {"a": {"default": 1}}}, {"a": None}, {"a": None}),
        ({"properties": {"a": {"default": None}}}, {}, {"a": None}),
        ({"properties": {"a": {"properties": {"b": {"default": 1}}}}}, {}, {}),
        ({"properties": {"a": {"properties": {"b": {"default": 1}}}}}, {"a": {}}, {"a": {"b": 1}}),
        ({"properties": {"a": {"default": {}, "properties": {"b": {"default": 1}}}}}, {}, {"a": {"b": 1}}),
        ({"items": {"properties": {"a": {"default": 1}}}}, [{}, {"a": 2}, 3], [{"a": 1}, {"a": 2}, 3]),
        ({"prefixItems": [{"properties": {"a": {"default": 1}}}]}, [{}, {}], [{"a": 1}, {}]),
        ({"items": [True, {"properties": {"a": {"default": 1}}}]}, [{}, {}], [{}, {"a": 1}]),
        (
            {"allOf": [{"properties": {"a": {"default": 1}}}, {"properties": {"b": {"default": 2}}}]},
            {},
            {"a": 1, "b": 2},
        ),
        ({"properties": {"a": {"default": 1}}, "allOf": [{"properties": {"a": {"default": 2}}}]}, {}, {"a": 1}),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"properties": {"a": {"default": 1}}}}}, {}, {"a": 1}),
        ({"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"default": 1}}}, {}, {"a": 1}),
        ({"properties": {"a": {"allOf": [{"default": 1}]}}}, {}, {"a": 1}),
        ({"properties": {"a": {"$ref": "#x"}}, "$defs": {"x": {"$anchor": "x", "default": 1}}}, {}, {"a": 1}),
        ({"anyOf": [{"properties": {"a": {"default": 1}}}]}, {}, {}),
        ({"default": {"a": 1}}, {}, {}),
        ({"properties": {"a": {"default": 1}}}, [], []),
        ({"properties": {"a": {"default": 1}}}, "text", "text"),
    ],
)
def test_defaults_are_filled_where_values_are_missing(schema: Json, value: Json, expected: Json) -> None:
    if isinstance(schema.get("items"), list):
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    before = copy.deepcopy(value)
    assert fill_defaults(compile_schema(schema), value) == expected
    assert value == before


def test_a_default_is_never_shared() -> None:
    schema = compile_schema({"items": {"properties": {"a": {"default": {"n": []}}}}})
    first, second = fill_defaults(schema, [{}, {}])
    first["a"]["n"].append(1)
    assert second == {"a": {"n": []}}
    assert fill_defaults(schema, [{}]) == [{"a": {"n": []}}]


def test_a_schema_that_refers_to_itself_is_filled_as_far_as_the_value_goes() -> None:
    schema = compile_schema({"properties": {"n": {"default": 1}, "next": {"$ref": "#"}}, "allOf": [{"$ref": "#"}]})
    assert fill_defaults(schema, {"next": {"next": {}}}) == {"n": 1, "next": {"n": 1, "next": {"n": 1}}}


def test_defaults_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ratchet.task.defaults.MOST_FILLED", 1000)
    schema = compile_schema({"properties": {"next": {"default": {}, "$ref": "#"}}})
    with pytest.raises(InvalidTask, match="without end"):
        fill_defaults(schema, {})


def test_doubling_references_take_no_doubling_time() -> None:
    definitions: dict[str, Json] = {
        f"d{number}": {"allOf": [{"$ref": f"#/$defs/d{number + 1}"}, {"$ref": f"#/$defs/d{number + 1}"}]}
        for number in range(18)
    }
    definitions["d18"] = {"properties": {"a": {"default": 1}}}
    assert fill_defaults(compile_schema({"$ref": "#/$defs/d0", "$defs": definitions}), {}) == {"a": 1}


def test_deep_values_are_filled_without_recursion() -> None:
    value: Json = {}
    for _ in range(499):
        value = {"next": value}
    result = fill_defaults(compile_schema({"properties": {"n": {"default": 1}, "next": {"$ref": "#"}}}), value)
    for _ in range(499):
        assert result["n"] == 1
        result = result["next"]


@given(VALUES)
def test_a_schema_without_defaults_changes_nothing(value: Json) -> None:
    assert fill_defaults(compile_schema({"items": {"type": "string"}}), value) is value
