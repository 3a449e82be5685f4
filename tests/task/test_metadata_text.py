"""Keys of a metadata file are changed, and the rest stays as it is written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from ratchet.errors import InvalidTask
from ratchet.task.contents import parse_file
from ratchet.task.metadata_text import change_keys
from ratchet.values import Json

YAML = """\
# What this is.
version: 1.0.0  # the first
description: >
  Folded
  # no comment

# Reached hosts.
permissions:
  net:  # of the shop
  - shop.test
tags:
- one
- two

# The end.
"""


def change(text: str, **changes: Json) -> str:
    return change_keys(text.encode(), "metadata.yaml", changes).decode()


def test_yaml_keeps_its_comments_and_what_does_not_change() -> None:
    assert change(YAML, version="1.1.0", tags=[], author="Ada", description="Folded # no comment\n") == snapshot("""\
# What this is.
version: "1.1.0"
description: >
  Folded
  # no comment

# Reached hosts.
permissions:
  net:  # of the shop
  - shop.test
tags: []

# The end.
author: "Ada"
""")


def test_nested_values_and_odd_texts_are_written_on_one_line() -> None:
    permissions: Json = {"net": ["a.test"], "methods": ["GET"]}
    assert change(YAML, permissions=permissions, description="a: b\u2028#\n") == snapshot("""\
# What this is.
version: 1.0.0  # the first
description: "a: b\\u2028#\\n"

# Reached hosts.
permissions: {"net": ["a.test"], "methods": ["GET"]}
tags:
- one
- two

# The end.
""")


def test_a_key_is_taken_out() -> None:
    changed = change_keys(YAML.encode(), "meta.yml", {"version": "2.0.0"}, ["tags", "description", "nothing"]).decode()
    assert changed == snapshot("""\
# What this is.
version: "2.0.0"

# Reached hosts.
permissions:
  net:  # of the shop
  - shop.test

# The end.
""")


@pytest.mark.parametrize(
    "text", ["{version: 1.0.0, tags: [a]}\n", '{"version": "1.0.0"}', "---\nversion: 1.0.0\n...\n"]
)
def test_what_is_laid_out_otherwise_keeps_its_values(text: str) -> None:
    value, _ = parse_file(text.encode(), path="metadata.yaml")
    changed = change(text, description="x")
    assert parse_file(changed.encode(), path="metadata.yaml")[0] == {**value, "description": "x"}


def test_json_is_written_again() -> None:
    changed = change_keys(b'{"version": "1.0.0", "b": 1}', "metadata.json", {"version": "2.0.0"}, ["b"])
    assert changed == b'{\n  "version": "2.0.0"\n}\n'


@pytest.mark.parametrize("text", ["- a\n", "a: &b 1\n", "version: [\n"])
def test_what_is_no_metadata_is_refused(text: str) -> None:
    with pytest.raises(InvalidTask):
        change(text, version="1.0.0")


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["version", "description", "tags", "author", "more"]), VALUES, max_size=4))
def test_whatever_the_values_are_the_file_says_them(changes: dict[str, Json]) -> None:
    before, _ = parse_file(YAML.encode(), path="metadata.yaml")
    after, _ = parse_file(change(YAML, **changes).encode(), path="metadata.yaml")
    assert json.dumps(after, sort_keys=True) == json.dumps({**before, **changes}, sort_keys=True)
