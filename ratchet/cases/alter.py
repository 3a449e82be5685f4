"""Change JSON values a little, or altogether, to see whether a case notices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ratchet.task.difference import equal
from ratchet.task.pointer import pointer_of
from ratchet.values import Json

Steps = tuple[str | int, ...]

_MARK = "ratchet"


class Altered(NamedTuple):
    """A value with one change.

    Args:
        pointer: Where it was changed.
        dropped: Whether the part was taken out; else it has another type.
    """

    value: Json
    pointer: str
    dropped: bool
    before: Json
    after: Json


def other_values(value: Json) -> list[Json]:
    """Return values of the same shape, as far as they have one, in which everything is different; never the same."""
    candidates = [_raised(value), _lowered(value), _emptied(value)]
    others = [candidate for candidate in candidates if not equal(value, candidate)]
    return others or [_filled(value)]


def _raised(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _raised(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_raised(part) for part in value]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if abs(value) < 1e15 else 0
    return value if value is None else f"{value}{_MARK}"


def _lowered(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _lowered(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_lowered(part) for part in value]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return -value - 1
    return value if value is None else _MARK


def _emptied(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _emptied(part) for key, part in value.items()}
    if isinstance(value, list):
        return []
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return 0
    return value if value is None else ""


def _filled(value: Json) -> Json:
    """Return another value in place of one that holds nothing."""
    if isinstance(value, dict):
        return {**value, _MARK: True}
    return [*value, _MARK] if isinstance(value, list) else _MARK


def alterations(value: Json, steps: Steps = ()) -> Iterator[Altered]:
    """Yield the value with each field dropped, and each part of it with another type; of lists, their first item."""
    for at, part in _parts(value, steps):
        if at and isinstance(at[-1], str):
            yield Altered(_without(value, at), pointer_of(at), True, part, None)
        if not isinstance(part, dict | list):
            other = _of_other_type(part)
            yield Altered(_with(value, at, other), pointer_of(at), False, part, other)


def _parts(value: Json, steps: Steps) -> Iterator[tuple[Steps, Json]]:
    yield steps, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _parts(part, (*steps, key))
    elif isinstance(value, list) and value:
        yield from _parts(value[0], (*steps, 0))


def _of_other_type(value: Json) -> Json:
    return len(value) if isinstance(value, str) else _MARK if value is None else str(value)


def _with(value: Json, steps: Sequence[str | int], part: Json) -> Json:
    if not steps:
        return part
    copy: Json = list(value) if isinstance(value, list) else dict(value)
    copy[steps[0]] = _with(value[steps[0]], steps[1:], part)
    return copy


def _without(value: Json, steps: Sequence[str | int]) -> Json:
    first, *rest = steps
    copy: Json = list(value) if isinstance(value, list) else dict(value)
    if rest:
        copy[first] = _without(value[first], rest)
    else:
        del copy[first]
    return copy
