"""Make a JSON value smaller by its structure: long arrays, objects and texts keep their head and their tail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ratchet.task.pointer import pointer_of
from ratchet.values import Json

_MOST_DEPTH = 40
"""Below it what is too large is left out: nobody reads it there, and Python's stack has an end."""

WHOLE_KEYS = 50
"""An object of no more keys keeps all of them: it is a record, not a table."""

_ROOM_TO_SHOW = 1_000
"""Where each item of an array has as much room, all are shown, shortened; else some of them, whole."""

_ENOUGH_PARTS = 4
"""A member of a list takes a fourth of the room at most, so that a head and a tail are there to see."""

_COMMA = 2

Kind = Literal["items", "keys", "characters"]
Path = tuple[str | int, ...]


class LeftOut(NamedTuple):
    """What of one array, object or text is not there: all but the first and the last."""

    path: Path
    kind: Kind
    total: int
    first: int
    last: int

    @property
    def pointer(self) -> str:
        """Where it stands in the value as it was, a JSON Pointer."""
        return pointer_of(self.path)


class Shortened(NamedTuple):
    """A value that is small enough, or as small as it can be, and what is not in it."""

    value: Json
    left_out: tuple[LeftOut, ...] = ()


def size_of(value: Json) -> int:
    """Return how many bytes a value takes as JSON in UTF-8."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def shorten(value: Json, most_bytes: int) -> Shortened:
    """Return a value whose JSON is no larger than that, by what its arrays, tables and texts can do without."""
    left_out: list[LeftOut] = []
    return Shortened(_fit(value, most_bytes, (), left_out), tuple(left_out))


def _fit(value: Json, room: int, path: Path, left_out: list[LeftOut]) -> Json:
    if not isinstance(value, str | list | dict) or size_of(value) <= room:
        return value
    if isinstance(value, str):
        return _fit_text(value, room, path, left_out)
    if len(path) < _MOST_DEPTH:
        if isinstance(value, dict) and len(value) <= WHOLE_KEYS and _size_of_keys(value) < room:
            return _fit_record(value, room, path, left_out)
        if isinstance(value, list) and len(value) * _ROOM_TO_SHOW <= room:
            return list(_fit_record(dict(enumerate(value)), room, path, left_out).values())
    return _fit_list(value, room, path, left_out)


def _size_of_keys(value: Mapping[Any, Json]) -> int:
    return sum(size_of(key) + 2 * _COMMA for key in value)


def _fit_text(text: str, room: int, path: Path, left_out: list[LeftOut]) -> str:
    kept = len(text)
    while True:
        kept = kept * 3 // 4
        first = kept - kept // 4
        last = kept - first
        shorter = f"{text[:first]} […{len(text) - kept} characters left out…] {text[len(text) - last :]}"
        if kept == 0 or size_of(shorter) <= room:
            left_out.append(LeftOut(path, "characters", len(text), first, last))
            return shorter


def _fit_record(value: Mapping[Any, Json], room: int, path: Path, left_out: list[LeftOut]) -> dict[Any, Json]:
    """Keep every key: what is small stays whole, and the large values share the rest of the room."""
    shares = _share([size_of(each) for each in value.values()], room - _size_of_keys(value))
    return {
        key: _fit(each, share, (*path, key), left_out) for (key, each), share in zip(value.items(), shares, strict=True)
    }


def _share(sizes: Sequence[int], room: int) -> list[int]:
    """Return how much each of some values gets: what it needs, or its part of what the smaller ones leave."""
    shares = [0] * len(sizes)
    waiting = sorted(range(len(sizes)), key=lambda index: sizes[index])
    while waiting:
        index = waiting.pop(0)
        shares[index] = max(0, min(sizes[index], room // (len(waiting) + 1)))
        room -= shares[index]
    return shares


def _fit_list(value: list[Json] | dict[str, Json], room: int, path: Path, left_out: list[LeftOut]) -> Json:
    """Keep what has room from both ends, two from the head for one of the tail."""
    members = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    most = 0 if len(path) >= _MOST_DEPTH else room // max(1, min(_ENOUGH_PARTS, len(members)))
    first = last = 0
    rest = room - _COMMA
    while first + last < len(members):
        from_head = (first + last) % 3 != 2
        key, each = members[first] if from_head else members[len(members) - 1 - last]
        rest -= min(size_of(each), most) + _COMMA + (size_of(key) + _COMMA if isinstance(value, dict) else 0)
        if rest < 0 or most == 0:
            break
        first, last = (first + 1, last) if from_head else (first, last + 1)
    if first + last < len(members):
        kind: Kind = "keys" if isinstance(value, dict) else "items"
        left_out.append(LeftOut(path, kind, len(members), first, last))
    kept = [*members[:first], *members[len(members) - last :]]
    shown = {key: _fit(each, most, (*path, key), left_out) for key, each in kept}
    return shown if isinstance(value, dict) else list(shown.values())
