"""Changing one member of a JSON text, and nothing around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.mcp_server.clients.json_text import UnclearTextError, read_object, remove_member, set_member

CASES = {
    "two blanks": (
        '{\n  "theme": "dark",\n  "servers": {\n    "a": {"x": [1,   2]}\n  }\n}\n',
        '{\n  "theme": "dark",\n  "servers": {\n    "a": {"x": [1,   2]},\n    "new": {\n      "k": 1\n    }\n  }\n}\n',
    ),
    "tabs": (
        '{\n\t"servers": {\n\t\t"a": 1\n\t}\n}',
        '{\n\t"servers": {\n\t\t"a": 1,\n\t\t"new": {\n\t\t\t"k": 1\n\t\t}\n\t}\n}',
    ),
    "line ends of Windows": (
        '{\r\n    "servers": {\r\n        "a": 1\r\n    }\r\n}\r\n',
        '{\r\n    "servers": {\r\n        "a": 1,\r\n'
        '        "new": {\r\n            "k": 1\r\n        }\r\n    }\r\n}\r\n',
    ),
    "one line": ('{"servers": {"a": 1 }, "b": 2}', '{"servers": {"a": 1, "new": {"k": 1} }, "b": 2}'),
}
WITH_COMMENTS = {
    "comments": (
        '{\n  // mine\n  "servers": {\n    "a": 1 // "the" {first}\n    /* , */\n  }\n}',
        '{\n  // mine\n  "servers": {\n    "a": 1, // "the" {first}\n    /* , */\n'
        '    "new": {\n      "k": 1\n    }\n  }\n}',
    ),
    "a trailing comma": (
        '{\n  "servers": {\n    "a": "//",\n  },\n}',
        '{\n  "servers": {\n    "a": "//",\n    "new": {\n      "k": 1\n    },\n  },\n}',
    ),
}


@pytest.mark.parametrize(("text", "wanted"), CASES.values(), ids=CASES)
def test_a_member_is_added_and_taken_out_and_nothing_else_changes(text: str, wanted: str) -> None:
    assert set_member(text, "servers", "new", {"k": 1}, comments=False) == wanted
    assert remove_member(wanted, "servers", "new", comments=False) == text


@pytest.mark.parametrize(("text", "wanted"), WITH_COMMENTS.values(), ids=WITH_COMMENTS)
def test_comments_stay_where_they_are_read(text: str, wanted: str) -> None:
    assert set_member(text, "servers", "new", {"k": 1}, comments=True) == wanted
    without = remove_member(wanted, "servers", "new", comments=True)
    assert read_object(without, comments=True) == read_object(text, comments=True)
    assert "mine" not in text or "// mine" in without
    with pytest.raises(UnclearTextError):
        set_member(text, "servers", "new", {}, comments=False)


def test_a_member_that_is_there_is_replaced_in_its_place() -> None:
    text = '{\n  "servers": {\n    "new": [1],\n    "z": 1\n  }\n}'
    wanted = '{\n  "servers": {\n    "new": {\n      "k": 1\n    },\n    "z": 1\n  }\n}'
    assert set_member(text, "servers", "new", {"k": 1}, comments=False) == wanted
    assert remove_member(wanted, "servers", "new", comments=False) == '{\n  "servers": {\n    "z": 1\n  }\n}'


def test_an_object_that_is_not_there_is_made_and_stays_empty() -> None:
    made = set_member('{\n  "theme": "dark"\n}\n', "servers", "new", {}, comments=False)
    assert made == '{\n  "theme": "dark",\n  "servers": {\n    "new": {}\n  }\n}\n'
    assert remove_member(made, "servers", "new", comments=False) == '{\n  "theme": "dark",\n  "servers": {}\n}\n'


@pytest.mark.parametrize(
    "text", ["[]", "{", "1", '{"servers": []}', "{" * 100_000, '{"servers": {"a": 1}, "servers": {"b": 1}}', "\ufeff{}"]
)
def test_what_cannot_be_understood_is_not_changed(text: str) -> None:
    with pytest.raises(UnclearTextError):
        set_member(text, "servers", "new", {}, comments=False)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    others=st.dictionaries(st.text(max_size=5), _JSON, max_size=3),
    group=st.dictionaries(st.text(max_size=5), _JSON, min_size=1, max_size=3),
    value=_JSON,
    indent=st.sampled_from([None, 1, 2, 4, "\t"]),
    ascii_only=st.booleans(),
)
def test_taking_out_what_was_added_gives_the_text_before(
    others: dict[str, Any], group: dict[str, Any], value: Any, indent: int | str | None, ascii_only: bool
) -> None:
    group.pop("new", None)
    document = {**others, "servers": group or {"a": 1}}
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    added = set_member(text, "servers", "new", value, comments=True)
    assert json.loads(added) == {**document, "servers": {**document["servers"], "new": value}}
    assert remove_member(added, "servers", "new", comments=True) == text
