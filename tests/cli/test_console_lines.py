"""Lines of the console: words as a shell makes them, JSON, variables, lines that go on."""

from __future__ import annotations

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from ratchet.cli.console_lines import is_open, read_lines
from ratchet.cli.console_variables import InvalidLine, expand, parse_assignment

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="$", codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab{}[]\"\\'\n #="), inner),
    max_leaves=8,
)


def words_of(text: str, **variables: str) -> list[str]:
    """Return the words of the only line of a text."""
    (line,) = read_lines(text.split("\n"))
    if line.problem is not None:
        raise line.problem
    return [expand(word, variables) for word in line.words]


def lines_of(text: str) -> list[tuple[int, list[str]]]:
    """Return the number and the words of each line."""
    return [(line.number, [expand(word, {}) for word in line.words]) for line in read_lines(text.split("\n"))]


@given(st.text("ab=}] \t'\"\\é"))
def test_without_variables_words_are_those_of_shlex(text: str) -> None:
    try:
        expected = shlex.split(text)
    except ValueError:
        assert is_open(text)
        return
    assert not is_open(text)
    assert (words_of(text) if expected else list(read_lines([text]))) == expected


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1))
def test_whatever_shlex_quotes_comes_back(words: list[str]) -> None:
    assert words_of(shlex.join(words)) == words


@given(JSON_VALUES.filter(lambda value: isinstance(value, list | dict)), st.sampled_from([None, 2]))
def test_json_needs_no_quotes_and_may_span_lines(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert words_of(f"run-once total --input {text} --json") == ["run-once", "total", "--input", text, "--json"]
    assert words_of(f"--input={text}") == [f"--input={text}"]


@given(st.text(st.characters(codec="utf-8")), JSON_VALUES)
def test_a_value_stays_one_word_and_becomes_json_in_json(text: str, value: object) -> None:
    assert words_of('a$X "$X" ${X}b', X=text) == [f"a{text}", text, f"{text}b"]
    (word,) = words_of('{"inside": "<$X>", "whole": $Y}', X=text, Y=json.dumps(value))
    assert json.loads(word) == {"inside": f"<{text}>", "whole": value}


@given(st.text("ab $X{}[]:-?_'\"\\#\n=1"))
def test_no_line_breaks_the_reader(text: str) -> None:
    for line in read_lines(text.split("\n")):
        assert line.problem is not None or line.words
    assert is_open(text) in (True, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a#b # a comment", ["a#b"]),
        ("${X:-the default} ${E:-empty}", ["the default", "empty"]),
        ("${X:-{}}", ["{}"]),
        ("$V-$V_ $? $5 $ '$V' \\$V \"\\$V\"", ["value-", "7", "$5", "$", "$V", "$V", "$V"]),
        ("$E", [""]),
        ('{"a": $V, "b": "\\$V", "c": $N}', ['{"a": "value", "b": "$V", "c": 5}']),
        ("a{b}c x[1]", ["a{b}c", "x[1]"]),
        ("--set items=[1, 2] b", ["--set", "items=[1, 2]", "b"]),
        ("one \\\n  two", ["one", "two"]),
        ("\"a\\\nb\" 'c\nd'", ["ab", "c\nd"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text, V="value", V_="", E="", N="5", **{"?": "7"}) == words


def test_a_line_has_the_number_where_it_begins() -> None:
    text = "\n# comment\none\n  two {\n1}\n\n'a\n\nb' three # {\nfour"
    assert lines_of(text) == snapshot([(3, ["one"]), (4, ["two", "{\n1}"]), (7, ["a\n\nb", "three"]), (10, ["four"])])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("$X", snapshot("The variable `X` is not set | `set X=VALUE` sets it; `${X:-default}` does without")),
        (
            "${1}",
            snapshot("`${1}` names no variable | Write `${NAME}` or `${NAME:-default}`, or put it in `'…'`"),
        ),
        ("a 'b", snapshot("The line ends in the middle | Close the quote or the bracket that is open")),
    ],
)
def test_a_line_that_cannot_be_understood_says_why(text: str, problem: str) -> None:
    with pytest.raises(InvalidLine) as caught:
        words_of(text)
    assert f"{caught.value.message} | {caught.value.hint}" == problem


def test_a_line_that_cannot_be_understood_hides_no_later_one() -> None:
    first, second = read_lines(["a ${1} '", "b"])
    assert (first.problem is None, second.words) == (False, (("b",),))


def test_an_assignment_takes_everything_after_the_first_equals_sign() -> None:
    assert parse_assignment("A_1=b=c\nd") == ("A_1", "b=c\nd")
    with pytest.raises(InvalidLine, match="`1=b` is not NAME=VALUE"):
        parse_assignment("1=b")
