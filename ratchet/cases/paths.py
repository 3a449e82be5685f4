"""Paths into a JSON value: dotted, JSON Pointers (RFC 6901), and JSONPath (RFC 9535) without filters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

from ratchet.task.pointer import path_of_pointer
from ratchet.values import Json


class Name(NamedTuple):
    """The value under a key; of an array, under an index that is written as text."""

    name: str


class Item(NamedTuple):
    """One value of an array, counted from the end when negative."""

    number: int


class Slice(NamedTuple):
    """Some values of an array, as Python counts."""

    start: int | None
    stop: int | None
    step: int | None


class Every(NamedTuple):
    """All values of an array or object."""


class Descend(NamedTuple):
    """A value, and all that is in it."""


Selector: TypeAlias = Name | Item | Slice | Every | Descend
_PLURAL = (Slice, Every, Descend)
_MOST_VALUES = 100_000

_INTEGER = r"-?[0-9]{1,15}"
_SEGMENT = re.compile(
    rf"""(?P<descend>\.\.)(?=[\w*\[])
    | \.?\*
    | \.?(?P<word>[\w-]+)
    | \[\s*(?: (?P<every>\*) | (?P<index>{_INTEGER})
        | '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)"
        | (?P<start>{_INTEGER})?\s*:\s*(?P<stop>{_INTEGER})?(?:\s*:\s*(?P<step>{_INTEGER})?)? )\s*\]""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Path(NamedTuple):
    """A path, as it was written and as it is walked."""

    text: str
    selectors: tuple[Selector, ...]

    @property
    def is_plural(self) -> bool:
        """Tell whether it means all values that it finds, not one."""
        return any(isinstance(selector, _PLURAL) for selector in self.selectors)

    def begins_with(self, name: str) -> bool:
        """Tell whether its first step is a name."""
        return bool(self.selectors) and self.selectors[0] == Name(name)

    def values(self, value: Json) -> list[Json]:
        """Return every value that the path finds.

        Raises:
            ValueError: There are too many.
        """
        found = [value]
        for selector in self.selectors:
            every = (inner for outer in found for inner in _select(outer, selector))
            found = list(islice(every, _MOST_VALUES + 1))
            if len(found) > _MOST_VALUES:
                raise ValueError("finds too many values")
        return found


def parse_path(text: str) -> Path:
    """Return a path: from `$` on a JSONPath, from `/` on a JSON Pointer, "" the whole value, else dotted.

    Raises:
        ValueError: It is none; the message is a clause that follows the text.
    """
    if not text or text.startswith("/"):
        return Path(text, tuple(Name(step) for step in path_of_pointer(text)))
    if text.startswith("$"):
        return Path(text, tuple(_segments(text, 1)))
    return Path(text, tuple(_segments(text, 0)))


def _segments(text: str, position: int) -> Iterator[Selector]:
    while position < len(text):
        match = _SEGMENT.match(text, position)
        # A word follows a dot, but for the first of a dotted path and after `..`.
        if match is None or (match["word"] and position and text[position] != "." and text[position - 1] != "."):
            rest = text[position : position + 20]
            raise ValueError("has a filter" if rest.startswith("[?") else f"cannot be read from `{rest}` on")
        yield _selector_of(match)
        position = match.end()


def _selector_of(match: re.Match[str]) -> Selector:
    if match["descend"]:
        return Descend()
    if match["word"] is not None:
        return Name(match["word"])
    if match["index"] is not None:
        return Item(int(match["index"]))
    for quoted in (match["single"], match["double"]):
        if quoted is not None:
            return Name(_ESCAPE.sub(_unescaped, quoted))
    if ":" in match[0]:
        start, stop, step = (None if match[key] is None else int(match[key]) for key in ("start", "stop", "step"))
        return Slice(start, stop, step)
    return Every()


def _unescaped(match: re.Match[str]) -> str:
    escaped = match[1]
    return chr(int(escaped[1:], 16)) if len(escaped) == 5 else _CONTROLS.get(escaped, escaped)


def _select(value: Json, selector: Selector) -> Iterable[Json]:
    if isinstance(selector, Descend):
        return _descend(value)
    if isinstance(value, dict):
        if isinstance(selector, Every):
            return list(value.values())
        return [value[selector.name]] if isinstance(selector, Name) and selector.name in value else []
    return _select_from_array(value, selector) if isinstance(value, list) else []


def _select_from_array(value: list[Json], selector: Selector) -> Sequence[Json]:
    if isinstance(selector, Every):
        return value
    if isinstance(selector, Slice):
        return [] if selector.step == 0 else value[selector.start : selector.stop : selector.step]
    if isinstance(selector, Item):
        index = selector.number
    elif isinstance(selector, Name) and re.fullmatch("0|[1-9][0-9]{0,14}", selector.name, re.ASCII):
        index = int(selector.name)
    else:
        return []
    return [value[index]] if -len(value) <= index < len(value) else []


def _descend(value: Json) -> Iterator[Json]:
    """Yield a value and all that is in it, parents first."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        children = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting.extend(reversed(list(children)))
