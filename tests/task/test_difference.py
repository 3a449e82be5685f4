"""What makes two JSON values different."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.task.difference import differences, equal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("expected", "actual", "found"),
    [
        (1, 1, []),
        (10, 10.0, []),
        ([{"a": None}], [{"a": None}], []),
        (1, 2, [("", "value")]),
        (1, True, [("", "type")]),
        (0, False, [("", "type")]),
        ("1", 1, [("", "type")]),
        (None, {}, [("", "type")]),
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, [("/a", "removed"), ("/c", "added"), ("/b", "value")]),
        ([1, 2, 3], [1], [("/1", "removed"), ("/2", "removed")]),
        ([1], [2, 3], [("/1", "added"), ("/0", "value")]),
        ({"a/b": {"~": [0]}}, {"a/b": {"~": ["0"]}}, [("/a~1b/~0/0", "type")]),
    ],
)
def test_each_difference_is_named_by_its_place(expected: Any, actual: Any, found: list[tuple[str, str]]) -> None:
    assert [(difference.pointer, difference.change) for difference in differences(expected, actual)] == found


@given(JSON)
def test_a_value_equals_itself(value: Any) -> None:
    assert equal(value, value)


@given(JSON, JSON)
def test_difference_goes_both_ways(left: Any, right: Any) -> None:
    assert equal(left, right) == equal(right, left)


def test_depth_is_no_limit() -> None:
    left: Any = 1
    right: Any = 2
    for _ in range(5000):
        left, right = [left], [right]
    assert [difference.pointer.count("/") for difference in differences(left, right)] == [5000]
