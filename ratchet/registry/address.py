"""Understand how a task is asked for: `name`, `name@version`, `source/name`, `source/name@version`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ratchet.task.version import Version, parse_version, precedence

_SLUG = r"[a-z0-9][a-z0-9_-]{0,63}"
_ADDRESS = re.compile(rf"(?:(?P<source>{_SLUG})/)?(?P<name>{_SLUG})(?:@(?P<version>\S{{1,100}}))?")
_PART = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){0,1}")

NAME_SHAPE = "Write `name`, `name@version` or `source/name`"

Accepts = Callable[[Version], bool]


class Address(NamedTuple):
    """What was asked for.

    Args:
        version: A version or a range of them; None for any.
    """

    name: str
    source: str | None = None
    version: str | None = None


def parse_address(text: str) -> Address | None:
    """Return what a text asks for, None when it cannot be the name of a task."""
    match = _ADDRESS.fullmatch(text)
    return None if match is None else Address(match["name"], match["source"], match["version"])


def parse_range(text: str) -> Accepts | None:
    """Return which versions a text stands for, None when it is no range.

    `1.2.3` is itself, `1.2` and `1` all that begin so, `^1.2.3` all that are compatible, `~1.2.3` all patches of it,
    `>=1.2.3` all from there on.
    """
    exact = parse_version(text)
    if exact is not None:
        return lambda version: version == exact
    if _PART.fullmatch(text):
        numbers = tuple(map(int, text.split(".")))
        return lambda version: not version.prerelease and _numbers(version)[: len(numbers)] == numbers
    operator = next((sign for sign in ("^", "~", ">=") if text.startswith(sign)), "")
    lowest = parse_version(_complete(text.removeprefix(operator))) if operator else None
    if lowest is None:
        return None
    fixed = {"^": _compatible(lowest), "~": 2, ">=": 0}[operator]
    return lambda version: (
        precedence(version) >= precedence(lowest)
        and _numbers(version)[:fixed] == _numbers(lowest)[:fixed]
        and (not version.prerelease or _numbers(version) == _numbers(lowest))
    )


def _complete(text: str) -> str:
    return text + ".0" * (2 - text.count(".")) if _PART.fullmatch(text) else text


def _compatible(version: Version) -> int:
    """Return how many numbers a compatible version shares: before 1.0.0, one more (semver.org 2.0.0, section 4)."""
    return 1 if version.major else 2 if version.minor else 3


def _numbers(version: Version) -> tuple[int, int, int]:
    return version.major, version.minor, version.patch
