"""Variables of the console: where their values belong in a word, and how they are written there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from ratchet.task.text import printable

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_IN_BRACES = re.compile(rf"(?P<name>{NAME}|\?)(?::-(?P<default>.*))?", re.DOTALL)
_ASSIGNMENT = re.compile(rf"(?P<name>{NAME})=(?P<value>.*)", re.DOTALL)


class InvalidLine(Exception):
    """A line that cannot be understood.

    Args:
        message: One sentence without a full stop.
        hint: The next step.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


Within = Literal["word", "json", "json string"]
"""What a variable stands in, which says how its value is written there."""


class Reference(NamedTuple):
    """Where the value of a variable belongs."""

    name: str
    default: str | None
    within: Within


Word = tuple["str | Reference", ...]


def parse_braces(inside: str) -> tuple[str, str | None]:
    """Return the name and the default of what stands in `${…}`.

    Raises:
        InvalidLine: It names no variable.
    """
    match = _IN_BRACES.fullmatch(inside)
    if match is None:
        message = f"`${{{printable(inside)}}}` names no variable"
        raise InvalidLine(message, "Write `${NAME}` or `${NAME:-default}`, or put it in `'…'`")
    return match["name"], match["default"]


def expand(word: Word, variables: Mapping[str, str]) -> str:
    """Return a word with the values of its variables.

    Raises:
        InvalidLine: A variable without a default is not set.
    """
    return "".join(part if isinstance(part, str) else _value_of(part, variables) for part in word)


def _value_of(reference: Reference, variables: Mapping[str, str]) -> str:
    value = variables.get(reference.name)
    if reference.default is not None:
        # As in a shell: a variable that is set to nothing has its default too.
        value = value or reference.default
    if value is None:
        name = reference.name
        hint = f"`set {name}=VALUE` sets it; `${{{name}:-default}}` does without"
        raise InvalidLine(f"The variable `{name}` is not set", hint)
    if reference.within == "json string":
        return json.dumps(value, ensure_ascii=False)[1:-1]
    return value if reference.within == "word" or _is_json(value) else json.dumps(value, ensure_ascii=False)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def parse_assignment(word: str) -> tuple[str, str]:
    """Return the name and the value of `NAME=VALUE`.

    Raises:
        InvalidLine: It is none.
    """
    match = _ASSIGNMENT.fullmatch(word)
    if match is None:
        raise InvalidLine(f"`{printable(word)}` is not NAME=VALUE", "A name has letters, digits and `_`")
    return match["name"], match["value"]
