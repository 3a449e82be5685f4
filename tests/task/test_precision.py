"""Warnings of integers that JavaScript rounds."""

from __future__ import annotations

from ratchet.task.precision import check_precision


def test_integers_beyond_2_to_the_53_are_warned_about() -> None:
    value = {"a": [2**53, 2**53 + 1], "b": {"c/d": -(2**53) - 1}, "e": 1e300, "f": True, "h": -(2**53), "g": str(2**60)}
    problems = check_precision(value)
    assert [problem.pointer for problem in problems] == ["/a/1", "/b/c~1d"]
    assert {problem.severity for problem in problems} == {"warning"}


def test_the_root_may_be_the_integer() -> None:
    assert [problem.pointer for problem in check_precision(10**5000)] == [""]
    assert check_precision(2**53) == []


def test_warnings_are_bounded_and_deep_values_fine() -> None:
    assert len(check_precision([2**60] * 1000)) == 100
    value: object = 2**60
    for _ in range(5000):
        value = [value]
    assert len(check_precision(value)) == 1
