"""From JSON Pointers to lines and columns."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.task.parse import parse_json
from ratchet.task.places import place_of
from ratchet.task.pointer import path_of_pointer, pointer_of
from ratchet.task.positions import walk_json
from ratchet.task.yaml_text import walk_yaml
from ratchet.values import Json
from tests.task.test_parse import VALUES

TEXT = '{\n  "a": {"b": ["x",\n    {"y/z": 3, "": [[]]}]},\n  "c": {"y/z": 1}\n}'


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("", 1, 1),
        ("/a", 2, 8),
        ("/a/b/0", 2, 15),
        ("/a/b/1", 3, 5),
        ("/a/b/1/y~1z", 3, 13),
        ("/a/b/1//0", 3, 21),
        ("/c/y~1z", 4, 16),
        ("/c/missing/deeper", 4, 8),
        ("/missing", 1, 1),
    ],
)
def test_a_pointer_leads_to_its_value_or_the_nearest_parent(pointer: str, line: int, column: int) -> None:
    place = place_of("x.json", TEXT, pointer)
    assert (place.line, place.column) == (line, column)
    assert place.text == TEXT.splitlines()[line - 1]


def test_what_is_missing_is_not_found_in_a_later_sibling() -> None:
    assert place_of("x.json", '{"a": {},\n "b": {"x": 1}}', "/a/x").line == 1
    assert place_of("x.json", "[[],\n [1]]", "/0/0").line == 1


def test_a_key_can_be_pointed_at() -> None:
    place = place_of("x.json", TEXT, "/a/b/1/y~1z", key=True)
    assert (place.line, place.column) == (3, 6)


def test_yaml_has_places_too() -> None:
    text = "# note\na:\n  b:\n    - x\n    - {y: 3}\n'q': \"s\"\n"
    assert place_of("m.yaml", text, "/a/b/1/y").column == 11
    assert place_of("m.yaml", text, "/a/b/1/y", key=True).column == 8
    assert place_of("m.yml", text, "/q").line == 6
    assert place_of("m.yaml", text, "/a/nothing").line == 3


def test_a_very_long_line_is_not_shown() -> None:
    assert place_of("x.json", json.dumps({"a": "x" * 1000, "b": 1}), "/b").text is None


def paths_of(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Json]]:
    found: list[tuple[tuple[str | int, ...], Json]] = [(path, value)]
    if isinstance(value, dict):
        for key, child in value.items():
            found.extend(paths_of(child, (*path, key)))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            found.extend(paths_of(child, (*path, index)))
    return found


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_walking_meets_every_value_in_order(value: Json, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    expected = [(len(path), path[-1] if path else "") for path, _ in paths_of(value)]
    assert [(node.depth, node.step) for node in walk_json(text)] == expected
    for node, (_, part) in zip(walk_json(text), paths_of(value), strict=True):
        if node.scalar:
            assert json.loads(text[node.offset : node.end]) == part


@given(VALUES)
def test_walking_yaml_meets_the_same(value: Json) -> None:
    text = json.dumps(value)
    assert [(node.depth, node.step) for node in walk_yaml(text)] == [(n.depth, n.step) for n in walk_json(text)]


@given(st.text(alphabet='[]{}",:\\x \n'))
def test_walking_any_text_ends(text: str) -> None:
    for node in walk_json(text):
        assert 0 <= node.offset < node.end <= len(text)


def test_walking_an_endless_string_takes_no_quadratic_time() -> None:
    assert len(list(walk_json('"' + '\\"' * 1_000_000))) == 1


@given(st.lists(st.text()))
def test_pointers_survive(path: list[str]) -> None:
    assert list(path_of_pointer(pointer_of(path))) == path


def test_a_deep_text_is_searched_without_recursion() -> None:
    text = "[" * 500 + "]" * 500
    assert parse_json(text, file="x") is not None
    assert place_of("x.json", text, "/0" * 499).column == 500
