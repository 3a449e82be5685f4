"""Tell two JSON values apart, as JSON sees them: 10 equals 10.0, and true is no number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ratchet.task.pointer import pointer_of
from ratchet.values import Json

Steps = tuple[str | int, ...]
Change = Literal["added", "removed", "type", "value"]


class Difference(NamedTuple):
    """One place at which two values differ.

    Args:
        pointer: JSON Pointer (RFC 6901).
        change: `added` and `removed` are of a key or an item; `type` is of another JSON type, `value` of the same.
        expected, actual: The values there; None on the side that has none.
    """

    pointer: str
    change: Change
    expected: Json
    actual: Json


def differences(expected: Json, actual: Json) -> Iterator[Difference]:
    """Yield every difference, in the order of the expected value, what was added behind it."""
    # A stack of our own: what a task or a file holds may be nested as deep as the interpreter allows.
    waiting: list[tuple[Steps, Json, Json]] = [((), expected, actual)]
    while waiting:
        steps, left, right = waiting.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            yield from _key_differences(steps, left, right)
            waiting += [((*steps, key), left[key], right[key]) for key in reversed(left) if key in right]
        elif isinstance(left, list) and isinstance(right, list):
            yield from _length_differences(steps, left, right)
            shared = min(len(left), len(right))
            waiting += [((*steps, index), left[index], right[index]) for index in reversed(range(shared))]
        elif type_of(left) != type_of(right):
            yield Difference(pointer_of(steps), "type", left, right)
        elif left != right:
            yield Difference(pointer_of(steps), "value", left, right)


def equal(expected: Json, actual: Json) -> bool:
    """Tell whether two JSON values are the same."""
    return next(differences(expected, actual), None) is None


def type_of(value: Json) -> str:
    """Return the JSON type of a value; all numbers are of one."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _key_differences(steps: Steps, left: dict[str, Json], right: dict[str, Json]) -> Iterator[Difference]:
    for key in left:
        if key not in right:
            yield Difference(pointer_of((*steps, key)), "removed", left[key], None)
    for key in right:
        if key not in left:
            yield Difference(pointer_of((*steps, key)), "added", None, right[key])


def _length_differences(steps: Steps, left: list[Json], right: list[Json]) -> Iterator[Difference]:
    for index in range(len(right), len(left)):
        yield Difference(pointer_of((*steps, index)), "removed", left[index], None)
    for index in range(len(left), len(right)):
        yield Difference(pointer_of((*steps, index)), "added", None, right[index])
