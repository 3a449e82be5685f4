"""Checking values against JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ratchet.errors import InvalidTask
from ratchet.task.load import load_task
from ratchet.task.schema import check_schema, check_value, compile_schema
from ratchet.task.schema_of_task import check_task_schemas, compile_task_schema
from ratchet.values import Json
from tests.task.conftest import WriteTask


def violations(schema: Json, value: Json, files: Mapping[str, bytes] | None = None) -> list[tuple[str | None, str]]:
    compiled = compile_schema(schema, files=files or {}, base="input.schema.json")
    return [(problem.pointer, problem.message) for problem in check_value(compiled, value)]


def faults(schema: Json, files: Mapping[str, bytes] | None = None) -> list[tuple[str | None, str]]:
    problems = check_schema(schema, files=files or {}, base="input.schema.json")
    return [(problem.pointer, problem.message) for problem in problems]


@pytest.mark.parametrize(
    ("schema", "value", "pointer", "message"),
    [
        ({"type": "number"}, "12", "", 'Expected a number, got the string `"12"`'),
        ({"type": ["integer", "null"]}, 1.5, "", "Expected null or an integer, got `1.5`"),
        ({"type": "string"}, {"a": 1}, "", "Expected a string, got an object"),
        ({"type": "object"}, None, "", "Expected an object, got null"),
        ({"type": "boolean"}, 0, "", "Expected true or false, got `0`"),
        ({"type": "integer"}, True, "", "Expected an integer, got `true`"),
        ({"required": ["a"], "properties": {"a": {"type": "string"}}}, {}, "", "`a` is missing: expected a string"),
        ({"additionalProperties": False}, {"x/y": 1}, "/x~1y", "`x/y` is not a property that is allowed here"),
        ({"enum": ["a", 1, None]}, "b", "", 'Expected one of `"a"`, `1`, `null`, got the string `"b"`'),
        ({"const": {"a": 1}}, 2, "", 'Expected `{"a": 1}`, got `2`'),
        ({"minimum": 3}, 2, "", "Expected at least 3, got `2`"),
        ({"maximum": 3}, 4, "", "Expected at most 3, got `4`"),
        ({"exclusiveMinimum": 3}, 3, "", "Expected more than 3, got `3`"),
        ({"exclusiveMaximum": 3}, 3, "", "Expected less than 3, got `3`"),
        ({"multipleOf": 2}, 3, "", "Expected a multiple of 2, got `3`"),
        ({"minLength": 3}, "ab", "", "Expected at least 3 characters, got 2"),
        ({"maxLength": 1}, "ab", "", "Expected at most 1 character, got 2"),
        ({"minItems": 1}, [], "", "Expected at least 1 item, got 0"),
        ({"maxItems": 0}, [1], "", "Expected at most 0 items, got 1"),
        ({"minProperties": 2}, {"a": 1}, "", "Expected at least 2 properties, got 1"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "", "Expected at most 1 property, got 2"),
        ({"uniqueItems": True}, [1, 1.0], "", "Expected items that all differ"),
        ({"contains": {"const": 1}}, [2], "", "Expected more or fewer items that match `contains`"),
        ({"not": {"type": "string"}}, "x", "", 'Expected something else than the string `"x"`'),
        ({"pattern": "^a+$"}, "b", "", 'Expected text that matches `^a+$`, got the string `"b"`'),
        ({"format": "date-time"}, "2020", "", 'Expected the format `date-time`, got the string `"2020"`'),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, "", "A property has a name that is not allowed"),
        ({"properties": {"a": False}}, {"a": 1}, "/a", "No value is allowed here, got `1`"),
        ({"oneOf": [True, True]}, 1, "", "Expected exactly one of the alternatives to match `1`, but several do"),
        ({"anyOf": [{"type": "string"}, False]}, 1, "", "Expected one of 2 alternatives, got `1`"),
        ({"items": {"items": {"type": "string"}}}, [[], ["a", 1]], "/1/1", "Expected a string, got `1`"),
        ({"prefixItems": [True], "items": False}, [1, 2], "/1", "No value is allowed here, got `2`"),
        ({"unevaluatedProperties": False}, {"a": 1}, "/a", "`a` is not a property that is allowed here"),
    ],
)
def test_a_violation_is_told_in_plain_words(schema: Json, value: Json, pointer: str, message: str) -> None:
    found = violations(schema, value)
    assert (pointer, message) in found


def test_every_violation_is_reported() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "minLength": 2}, "b": {"items": {"type": "integer"}}},
        "required": ["c", "d"],
        "additionalProperties": False,
    }
    found = violations(schema, {"a": "x", "b": [1, "2", 3, "4"], "e": 1, "f": 2})
    assert sorted(pointer or "" for pointer, _ in found) == ["", "", "/a", "/b/1", "/b/3", "/e", "/f"]


def test_an_unknown_property_suggests_the_nearest() -> None:
    compiled = compile_schema({"properties": {"amount": True}, "additionalProperties": False})
    assert [problem.hint for problem in check_value(compiled, {"amuont": 1})] == ["Did you mean `amount`?"]


def test_alternatives_say_why_each_fails() -> None:
    compiled = compile_schema({"oneOf": [{"type": "string"}, {"properties": {"a": {"type": "null"}}}]})
    (problem,) = check_value(compiled, {"a": 1})
    assert problem.hint == "expected a string, got an object; or expected null, got `1` at `/a`"


def test_a_value_that_fits_has_no_problems() -> None:
    assert violations({"type": "object", "properties": {"n": {"type": "integer"}}}, {"n": 1.0}) == []
    assert violations(True, {"x": [None]}) == []


@pytest.mark.parametrize(
    "dialect", ["http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft-04/schema"]
)
def test_draft_4_has_its_own_rules(dialect: str) -> None:
    schema = {"$schema": dialect, "minimum": 3, "exclusiveMinimum": True}
    assert violations(schema, 3) != []
    assert faults({**schema, "$schema": "http://json-schema.org/draft-07/schema#"}) != []


@pytest.mark.parametrize("dialect", ["draft-06", "draft-07", "draft/2019-09", "draft/2020-12"])
def test_every_dialect_is_known(dialect: str) -> None:
    schema = {"$schema": f"http://json-schema.org/{dialect}/schema#", "type": "integer"}
    assert violations(schema, "x") != []
    assert violations(schema, 1) == []


def test_an_unknown_dialect_is_refused() -> None:
    assert faults({"$schema": "https://example.com/mine"}) == [
        ("/$schema", "`https://example.com/mine` is not a dialect of JSON Schema that Ratchet knows")
    ]
    assert faults({"$schema": 3})[0][0] == "/$schema"


@pytest.mark.parametrize(
    ("format_name", "wrong"),
    [
        ("email", "x"),
        ("uri", "not a uri"),
        ("date", "2020-13-01"),
        ("uuid", "x"),
        ("ipv4", "256.1.1.1"),
        ("hostname", "-a"),
    ],
)
def test_formats_are_asserted(format_name: str, wrong: str) -> None:
    assert violations({"format": format_name}, wrong) != []
    assert violations({"format": "of-our-own"}, wrong) == []


def test_every_fault_of_a_schema_is_reported_with_its_pointer() -> None:
    schema = {
        "type": "strin",
        "properties": {"a": {"minLength": -1}, "b": {"pattern": "("}, "c": {"required": "x"}},
        "patternProperties": {"[": True},
        "items": {"$ref": "#/$defs/nothing"},
    }
    assert sorted(pointer or "" for pointer, _ in faults(schema)) == [
        "/items/$ref",
        "/patternProperties/[",
        "/properties/a/minLength",
        "/properties/b/pattern",
        "/properties/c/required",
        "/type",
    ]
    with pytest.raises(InvalidTask) as caught:
        compile_schema(schema)
    assert len(caught.value.problems) == 6


@pytest.mark.parametrize("schema", [[], None, "object", 3])
def test_a_schema_is_an_object_or_a_boolean(schema: Json) -> None:
    assert faults(schema) == [("", "A JSON Schema is an object, `true` or `false`")]


def test_what_stands_under_const_and_properties_is_no_keyword() -> None:
    schema = {"const": {"$ref": "http://x"}, "default": {"pattern": "("}, "properties": {"$ref": {"type": "string"}}}
    assert faults(schema) == []
    assert violations({"properties": {"pattern": {"type": "string"}}}, {"pattern": 1}) != []


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/x.json",
        "https://example.com/x.json#/a",
        "file:///etc/passwd",
        "file:///etc/hosts#",
        "ftp://example.com/x",
        "//example.com/x.json",
        "data:application/json,true",
        "task:///metadata.json",
        "urn:x",
    ],
)
def test_references_never_leave_the_task(reference: str) -> None:
    ((pointer, message),) = faults({"properties": {"a": {"$ref": reference}}})
    assert pointer == "/properties/a/$ref"
    assert "leads out of the task" in message


@pytest.mark.parametrize("reference", ["../../../etc/passwd", "/etc/passwd", "other.json", "lib/"])
def test_a_reference_to_no_file_of_the_task_is_refused(reference: str) -> None:
    ((pointer, message),) = faults({"$ref": reference}, {"types.json": b"true"})
    assert pointer == "/$ref"
    assert "leads to no file of the task" in message


def test_references_lead_to_files_of_the_task() -> None:
    files = {
        "lib/types.json": b'{"$defs": {"id": {"$ref": "more%20types.json#/id"}}}',
        "lib/more types.json": b'{"id": {"type": "integer"}}',
        "broken.json": b"{",
    }
    schema = {"properties": {"id": {"$ref": "./lib/types.json#/$defs/id"}}}
    assert violations(schema, {"id": 1}, files) == []
    assert violations(schema, {"id": "x"}, files) == [("/id", 'Expected an integer, got the string `"x"`')]
    assert "leads to nothing in `lib/types.json`" in faults({"$ref": "lib/types.json#/$defs/no"}, files)[0][1]
    assert "cannot be read" in faults({"$ref": "broken.json"}, files)[0][1]


def test_a_file_of_the_task_may_not_refer_out_of_it_either() -> None:
    files = {"types.json": b'{"$ref": "file:///etc/passwd"}'}
    assert len(faults({"$ref": "types.json"}, files)) == 1


def test_an_own_id_and_own_anchors_can_be_referred_to() -> None:
    schema = {
        "$id": "https://example.com/root",
        "$ref": "https://example.com/root#name",
        "$defs": {"n": {"$anchor": "name", "type": "string"}},
    }
    assert violations(schema, 1) == [("", "Expected a string, got `1`")]
    assert violations({"$ref": "#n", "$defs": {"n": {"$anchor": "n", "type": "null"}}}, 1) != []


def test_a_catastrophic_pattern_is_matched_in_linear_time() -> None:
    schema = compile_schema({"pattern": "^(a+)+$"})
    assert schema.linear
    assert len(check_value(schema, "a" * 100_000 + "!")) == 1


def test_lookaround_works_with_a_bounded_number_of_steps() -> None:
    schema = compile_schema({"pattern": "^(?=.*[0-9])(?!x).{4,}$"})
    assert not schema.linear
    assert check_value(schema, "abc1") == []
    assert len(check_value(schema, "abcd")) == 1
    hostile = compile_schema({"pattern": "^(?=x?)((a|a)*)*\\2b$"})
    assert len(check_value(hostile, "a" * 5000 + "!")) == 1
    long = compile_schema({"pattern": "(?!x)a*a*a*c"})
    assert len(check_value(long, "a" * 1_000_000)) == 1


def test_lone_surrogates_are_checked_as_replacement_characters() -> None:
    assert violations({"type": "string", "maxLength": 1}, "\ud800") == []
    assert violations({"const": "\ufffd"}, "\udfff") == []
    assert violations({"properties": {"\ufffd": {"type": "string"}}}, {"\ud800": 1}) == [
        ("/\ufffd", "Expected a string, got `1`")
    ]
    deep: Json = "\ud800"
    for _ in range(500):
        deep = [deep]
    assert violations({"type": "object"}, deep) != []
    assert violations({"type": "array"}, deep) == []
    assert violations({"const": "\ud800"}, "\udfff") == []


def test_a_schema_that_is_too_deep_is_refused() -> None:
    schema: Json = {"type": "string"}
    for _ in range(480):
        schema = {"not": schema}
    assert faults(schema) == [("", "The schema is nested too deep")]


def test_a_value_nested_to_the_limit_is_checked() -> None:
    value: Json = 1
    for _ in range(499):
        value = [value]
    schema = {
        "$ref": "#/$defs/n",
        "$defs": {"n": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/n"}}, False]}},
    }
    assert violations(schema, value) == [("", "The value does not fit its schema, and is nested too deep to say where")]
    assert violations({"type": "array", "items": {"$ref": "#"}}, value[0]) != []


def test_of_a_huge_value_only_the_first_violation_is_named() -> None:
    assert violations({"items": {"type": "string"}}, list(range(30_000))) == [("/0", "Expected a string, got `0`")]
    assert len(violations({"items": {"type": "string"}}, list(range(5_000)))) == 100


def test_messages_stay_short_and_harmless() -> None:
    value = "\x1b[31m\u202e" + "x" * 100_000
    ((_, message),) = violations({"type": "integer"}, value)
    assert len(message) < 300
    assert message.isprintable()
    assert len(violations({"type": "string"}, 10**400)[0][1]) < 300


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert violations({"$ref": "#"}, 1) == []
    assert violations({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, 1) == []


def test_problems_of_a_schema_have_places_in_the_task(write_task: WriteTask) -> None:
    folder = write_task(
        {"output_schema": {"properties": {"a": {"pattern": "("}}}},
        {"input.schema.json": '{\n  "type": "strin"\n}', "output.schema.json": None},
    )
    task = load_task(folder)
    places = [
        (problem.place.file, problem.place.line, problem.place.text)
        for problem in check_task_schemas(task)
        if problem.place
    ]
    lines = (folder / "metadata.json").read_text().splitlines()
    (wrong,) = [number for number, line in enumerate(lines, 1) if '"("' in line]
    assert places == [
        (f"{folder}/input.schema.json", 2, '  "type": "strin"'),
        (f"{folder}/metadata.json", wrong, lines[wrong - 1]),
    ]
    with pytest.raises(InvalidTask) as caught:
        compile_task_schema(task, "input")
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (2, 11)


def test_a_task_without_a_schema_has_none_to_compile(write_task: WriteTask) -> None:
    task = load_task(write_task(files={"input.schema.json": None}))
    assert compile_task_schema(task, "input") is None
    assert compile_task_schema(task, "output") is not None
