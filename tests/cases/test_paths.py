"""Paths of assertions, in their three forms."""

from __future__ import annotations

from typing import Any

import pytest

from ratchet.cases.paths import parse_path

STORE: dict[str, Any] = {
    "books": [{"title": "A", "price": 8}, {"title": "B", "price": 12, "tags": ["x", "y"]}],
    "a/b": {"~": 1, "c.d": 2, "it's": 3},
    "none": None,
    "0": "zero",
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", [STORE]),
        ("$", [STORE]),
        ("books.0.title", ["A"]),
        ("books[0].title", ["A"]),
        ("books[-1].title", ["B"]),
        ("books.2", []),
        ("books.-1", []),
        ("books.title", []),
        ("none", [None]),
        ("0", ["zero"]),
        ("none.x", []),
        ("/books/1/tags/0", ["x"]),
        ("/a~1b/~0", [1]),
        ("/books/01", []),
        ("$.books[*].price", [8, 12]),
        ("$.books.*.price", [8, 12]),
        ("books.*.price", [8, 12]),
        ("$..price", [8, 12]),
        ("$..['title']", ["A", "B"]),
        ("$.books..[0]", [{"title": "A", "price": 8}, "x"]),
        ("$['a/b']['c.d']", [2]),
        ('$["a/b"]["it\\u0027s"]', [3]),
        ("$['a/b']['it\\'s']", [3]),
        ("$.books[0:1].title", ["A"]),
        ("$.books[::-1].title", ["B", "A"]),
        ("$.books[::0]", []),
        ("$.missing[*]", []),
    ],
)
def test_a_path_finds(path: str, found: list[Any]) -> None:
    assert parse_path(path).values(STORE) == found


@pytest.mark.parametrize("path", ["$x", "a..", "a.", "a[", "a[b]", "$.books[?(@.price)]", "a b", "$[1,2]", ".", "['a"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"has a filter|cannot be read"):
        parse_path(path)


def test_a_path_that_finds_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(400):
        deep = [deep, 1]
    with pytest.raises(ValueError, match="too many"):
        parse_path("$" + "..*" * 4).values(deep)
