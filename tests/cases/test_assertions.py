"""Operators of assertions: each holds and fails, and tells apart what looks alike."""

from __future__ import annotations

from typing import Any

import pytest

from ratchet.cases.assertions import OPERATORS, Assertion, is_accepted
from ratchet.cases.paths import parse_path

HOLDS: list[tuple[str, Any, Any]] = [
    ("equals", {"a": [1]}, {"a": [1.0]}),
    ("not_equals", 1, True),
    ("not_equals", 1, "1"),
    ("contains", "hello", "ell"),
    ("contains", [1, {"a": 2}], {"a": 2}),
    ("contains", {"key": 1}, "key"),
    ("matches", "ab12", "[0-9]{2}$"),
    ("exists", None, True),
    ("type", 1.0, "integer"),
    ("type", 1.5, "number"),
    ("type", None, "null"),
    ("type", True, "boolean"),
    ("length", "abc", 3),
    ("length", {"a": 1}, 1),
    ("array_length", [], 0),
    ("gt", 2, 1.5),
    ("gte", 2, 2),
    ("lt", "a", "b"),
    ("lte", 1, 1),
    ("one_of", 2, [1, 2.0]),
]
FAILS: list[tuple[str, Any, Any]] = [
    ("equals", 1, True),
    ("equals", [1, 2], [2, 1]),
    ("not_equals", 10, 10.0),
    ("contains", "hello", 1),
    ("contains", [True], 1),
    ("contains", 5, 5),
    ("matches", "abc", "^b"),
    ("matches", 12, "1"),
    ("exists", 1, False),
    ("type", 1.5, "integer"),
    ("type", True, "number"),
    ("length", 3, 3),
    ("array_length", "abc", 3),
    ("gt", 1, 1),
    ("gt", "2", 1),
    ("gt", True, 0),
    ("gte", 1, 2),
    ("lt", 1, 1),
    ("lte", 2, 1),
    ("one_of", 1, [True, "1"]),
]


def failure(operator: str, value: Any, expected: Any) -> str | None:
    return Assertion(0, parse_path("v"), operator, expected).failure({"v": value})


def test_every_operator_is_tried_both_ways() -> None:
    assert {name for name, _, _ in HOLDS} == {name for name, _, _ in FAILS} == set(OPERATORS)


@pytest.mark.parametrize(("operator", "value", "expected"), HOLDS)
def test_it_holds(operator: str, value: Any, expected: Any) -> None:
    assert is_accepted(operator, expected)
    assert failure(operator, value, expected) is None


@pytest.mark.parametrize(("operator", "value", "expected"), FAILS)
def test_it_fails(operator: str, value: Any, expected: Any) -> None:
    assert failure(operator, value, expected) is not None


@pytest.mark.parametrize("operator", [name for name in OPERATORS if name != "exists"])
def test_what_is_not_there_fails_whatever_is_expected(operator: str) -> None:
    assert Assertion(0, parse_path("other"), operator, 1).failure({"v": 1}) == "is not there"


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("matches", "("), ("type", "text"), ("length", -1), ("length", True), ("gt", None), ("one_of", 1), ("exists", 1)],
)
def test_an_expected_that_makes_no_sense_is_refused(operator: str, expected: Any) -> None:
    assert not is_accepted(operator, expected)
