"""Strict JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.errors import InvalidInput, InvalidTask, RatchetError
from ratchet.task.parse import is_deeper_than, parse_json
from ratchet.values import Json, Place

# A plain YAML key may only be about a thousand characters long, escapes included.
KEYS = st.text(max_size=50)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(KEYS, children, max_size=4),
    max_leaves=20,
)


def nested(depth: int, opening: str = "[", closing: str = "]", core: str = "") -> str:
    return opening * depth + core + closing * depth


@given(VALUES)
def test_every_json_value_survives_its_text(value: Json) -> None:
    assert parse_json(json.dumps(value), file="x.json") == value
    assert parse_json(json.dumps(value, ensure_ascii=False, indent=1), file="x.json") == value


@given(st.text(alphabet="[]{}\",:\\ntrue0123.-eE \n/'x\ud800") | st.text())
def test_any_text_is_a_value_or_refused_with_a_place(text: str) -> None:
    place: Place | None = Place("x.json", 1, 1)
    try:
        parse_json(text, file="x.json")
    except InvalidInput as error:
        place = error.place
    assert place is not None
    assert place.line is not None
    assert place.column is not None
    assert 1 <= place.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "`x.json` is empty", 1, 1),
        (" \n", "`x.json` is empty", 1, 1),
        ("[1,]", "There is a comma after the last entry", 1, 3),
        ('{"a": 1,\n}', "There is a comma after the last entry", 1, 8),
        ("{'a': 1}", "A string stands in single quotes", 1, 2),
        ("// x\n{}", "JSON has no comments", 1, 1),
        ('{"a": 1\n "b": 2}', "A comma or colon is missing before this string", 2, 2),
        ('{"a": 1', "The JSON ends too early", 1, 8),
        ('{"a": 1\n\n', "The JSON ends too early", 1, 8),
        ('["abc', "The string is not closed", 1, 2),
        ('["a\nb"]', "A string holds the control character U+000A", 1, 4),
        ("{} x", "Unexpected `x`", 1, 4),
        ("\ufeff{}", "The JSON starts with a byte order mark", 1, 1),
        ("[NaN]", "`NaN` is not JSON", 1, 2),
        ('["NaN",\n NaN]', "`NaN` is not JSON", 2, 2),
        ("[-Infinity]", "`-Infinity` is not JSON", 1, 2),
        ("[1e999]", "The number is too large", 1, 2),
        ("[1, " + "9" * 5000 + "]", "The number is too large", 1, 5),
        ('{"a": 1, "b": {"a": 2}, "a": 3}', "The key `a` is there twice", 1, 25),
        ('[{"x": 0}, {"\\u0061": 1,\n"a": 2}]', "The key `a` is there twice", 2, 1),
        (nested(501), "The JSON is nested more than 500 deep", 1, 501),
        (nested(501, '{"a":', "}", "1"), "The JSON is nested more than 500 deep", 1, 2501),
        ("[" * 100_000, "The JSON is nested more than 500 deep", 1, 501),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_json(text, file="x.json")
    place = caught.value.place
    assert place is not None
    assert (caught.value.message, place.file, place.line, place.column) == (message, "x.json", line, column)


def test_every_duplicate_is_reported() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_json('{"a": 1, "a": 2, "b": {"c": 1, "c": 2}}', file="x.json")
    assert [problem.pointer for problem in caught.value.problems] == ["/a", "/b/c"]


@pytest.mark.parametrize("kind", [InvalidInput, InvalidTask])
def test_the_caller_names_the_error(kind: type[RatchetError]) -> None:
    with pytest.raises(kind):
        parse_json("[", file="x.json", kind=kind)


def test_nesting_to_the_limit_is_fine() -> None:
    assert is_deeper_than(parse_json(nested(500), file="x.json"), 499)
    assert parse_json('{"a":' * 500 + "1" + "}" * 500, file="x.json")


def test_brackets_in_strings_are_no_nesting() -> None:
    assert parse_json(json.dumps(["[" * 1000, "{" * 1000]), file="x.json") == ["[" * 1000, "{" * 1000]
    assert len(parse_json("[" + "[]," * 1000 + "[]]", file="x.json")) == 1001


def test_odd_strings_are_values() -> None:
    text = '{"__proto__": "\\u2028\\ud800", "": "\u2029\\\\\\"\'"}'
    assert parse_json(text, file="x.json") == {"__proto__": "\u2028\ud800", "": "\u2029\\\"'"}


def test_large_inputs_of_odd_quotes_end_soon() -> None:
    for text in ('[NaN, "' + '\\"' * 200_000, '{"a": 1, "a": "' + '\\"' * 200_000 + '"}', '"' * 200_001):
        with pytest.raises(InvalidInput):
            parse_json(text, file="x.json")
