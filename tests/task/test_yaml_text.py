"""The part of YAML that is taken."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ratchet.errors import InvalidTask
from ratchet.task.yaml_text import LONGEST, parse_yaml
from ratchet.values import Json, Place
from tests.task.test_parse import VALUES


def refusal(text: str) -> tuple[str, int | None, int | None]:
    with pytest.raises(InvalidTask) as caught:
        parse_yaml(text, file="meta.yaml")
    assert caught.value.place is not None
    return caught.value.message, caught.value.place.line, caught.value.place.column


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("", None),
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("+5", 5),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("'5'", "5"),
        ('"no"', "no"),
        ("!!str 5", "5"),
        ("! 5", "5"),
        ("=", "="),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(scalar: str, value: Json) -> None:
    result = parse_yaml(f"a: {scalar}", file="meta.yaml")
    assert result == {"a": value}
    assert type(result["a"]) is type(value)


def test_keys_are_texts() -> None:
    assert parse_yaml("1: a\non: b\nnull: c\n'<<': d\n", file="meta.yaml") == {
        "1": "a",
        "on": "b",
        "null": "c",
        "<<": "d",
    }


def test_blocks_comments_and_flows_are_read() -> None:
    text = "# top\na:\n  - x  # side\n  - {y: [1, 2]}\nb: |\n  one\n  two\nc: >-\n  one\n  two\nd:\n"
    assert parse_yaml(text, file="meta.yaml") == {
        "a": ["x", {"y": [1, 2]}],
        "b": "one\ntwo\n",
        "c": "one two",
        "d": None,
    }


def longest_key(value: Json) -> int:
    if isinstance(value, dict):
        return max((max(len(json.dumps(key)), longest_key(item)) for key, item in value.items()), default=0)
    return max(map(longest_key, value), default=0) if isinstance(value, list) else 0


@given(VALUES)
def test_json_is_yaml(value: Json) -> None:
    # A key on one line with its value has at most 1,024 characters (YAML 1.2.2, section 7.4.2).
    assume(longest_key(value) <= 1024)
    assert parse_yaml(json.dumps(value), file="meta.yaml") == value


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: &x 1\nb: *x", "The anchor `&x` is not allowed", 1, 4),
        ("a: *x", "The alias `*x` is not allowed", 1, 4),
        ("a: 1\n<<: {b: 2}", "The merge key `<<` is not allowed", 2, 1),
        ("a: 1\nb: 2\na: 3", "The key `a` is there twice", 3, 1),
        ("{a: 1, a: 2}", "The key `a` is there twice", 1, 8),
        ("a: !!python/name:os.system x", "The tag `tag:yaml.org,2002:python/name:os.system` is not allowed", 1, 4),
        ("!!set {a}", "The tag `tag:yaml.org,2002:set` is not allowed", 1, 1),
        ("a: !local 1", "The tag `!local` is not allowed", 1, 4),
        ("!x a: 1", "The tag `!x` is not allowed", 1, 1),
        ("? [a]\n: 1", "A key is a list or an object", 1, 3),
        ("a: .nan", "`.nan` is not JSON", 1, 4),
        ("a: -.inf", "`-.inf` is not JSON", 1, 4),
        ("a: 1e999", "The number is too large", 1, 4),
        ("---\na: 1\n---\nb: 2", "There is a second YAML document", 3, 1),
        ("", "`meta.yaml` is empty", 1, 1),
        ("# only a comment\n", "`meta.yaml` is empty", 1, 1),
        ("a: [1", "The YAML cannot be read: expected ',' or ']', but got '<stream end>'", 1, 6),
        ("a: b: c", "The YAML cannot be read: mapping values are not allowed here", 1, 5),
        ('a: "\x01"', "The YAML holds a character that it may not hold", 1, 5),
    ],
)
def test_what_is_not_taken_is_refused_with_its_place(text: str, message: str, line: int, column: int) -> None:
    assert refusal(text) == (message, line, column)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{" * 100_000, "- " * 100_000, "? " * 100_000, "{a: " * 50_000, "[{" * 50_000, "- ? " * 50_000],
)
def test_endless_nesting_is_refused_early(text: str) -> None:
    message, line, _ = refusal(text)
    assert message in ("The YAML is nested more than 100 deep", "A key is a list or an object")
    assert line == 1


def test_an_oversized_text_is_refused_unread() -> None:
    assert refusal("a" * (LONGEST + 1))[0] == "The YAML is longer than 262,144 characters"


def test_laughs_do_not_multiply() -> None:
    text = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    assert refusal(text)[0] == "The anchor `&a` is not allowed"


@given(st.text(alphabet="ab:-?{}[],&*!|>'\"#% \n\t~<0.", max_size=60))
def test_any_text_is_a_value_or_refused_with_a_place(text: str) -> None:
    value: Json = None
    place: Place | None = Place("meta.yaml", 1, 1)
    try:
        value = parse_yaml(text, file="meta.yaml")
    except InvalidTask as error:
        place = error.place
    assert place is not None
    assert place.line is not None
    json.dumps(value, allow_nan=False)
