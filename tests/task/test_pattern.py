"""Patterns of others are searched for in linear time."""

from __future__ import annotations

import pytest

from ratchet.task.pattern import compile_pattern


def test_pattern_is_searched_for() -> None:
    search = compile_pattern(r"/users/\d+$")
    assert search("https://x.example/users/42")
    assert not search("https://x.example/users/42/posts")


def test_pattern_that_explodes_elsewhere_answers_at_once() -> None:
    assert not compile_pattern("^(a+)+$")("a" * 50_000 + "!")


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "(?=a)b", "[z-a]"])
def test_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="regular expression"):
        compile_pattern(pattern)
