"""Placeholders, by which a task names a secret in what it sends: `{{secret:NAME}}`, plain or percent-encoded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_PLACEHOLDER = re.compile(
    r"(?P<open>\{|%(?P<layers>(?:25)*)7[Bb])(?:\{|%(?:25)*7[Bb])"
    r"secret(?::|%(?:25)*3[Aa])(?P<name>[A-Za-z_][A-Za-z0-9_]{0,127})"
    r"(?:\}|%(?:25)*7[Dd]){2}"
)


def placeholder_of(name: str) -> str:
    """Return what stands for a secret wherever its value would."""
    return f"{{{{secret:{name}}}}}"


def names_in(text: str) -> Iterator[str]:
    """Yield the name in each placeholder of a text."""
    return (match["name"] for match in _PLACEHOLDER.finditer(text))


def replace_in(text: str, value_of: Callable[[str, int], str]) -> str:
    """Return a text with a value in place of each placeholder.

    Args:
        value_of: Takes the name, and how often the placeholder was percent-encoded.
    """
    return _PLACEHOLDER.sub(lambda match: value_of(match["name"], _layers(match)), text)


def _layers(match: re.Match[str]) -> int:
    return 0 if match["open"] == "{" else 1 + len(match["layers"]) // 2
