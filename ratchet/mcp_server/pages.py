"""A page of a value: as many items, keys or characters as fit, and where the next page begins."""

from __future__ import annotations

from typing import NamedTuple

from ratchet.errors import NotFound
from ratchet.mcp_server.shortening import WHOLE_KEYS, LeftOut, shorten, size_of
from ratchet.task.pointer import path_of_pointer
from ratchet.task.text import printable
from ratchet.values import Json

_COMMA = 2


class Page(NamedTuple):
    """A part of a value, which is JSON of the same kind.

    Args:
        total: How many items, keys or characters the whole has; 0 for a value without any.
        next_offset: Where the next page begins; None after the last.
        left_out: What is missing even in this part, as one item alone was too large.
    """

    value: Json
    offset: int
    total: int
    next_offset: int | None
    left_out: tuple[LeftOut, ...] = ()


def part_of(value: Json, pointer: str) -> Json:
    """Return what a JSON Pointer names.

    Raises:
        NotFound: There is nothing.
    """
    found = value
    for step in path_of_pointer(pointer):
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            raise NotFound(f"There is nothing at `{printable(pointer)}`")
    return found


def page_of(value: Json, offset: int, most_bytes: int) -> Page:
    """Return what fits from an offset on: at least one member, shortened where it alone is too large."""
    if not isinstance(value, str | list | dict):
        return Page(value, 0, 0, None)
    if offset == 0 and size_of(value) <= most_bytes:
        return Page(value, 0, len(value), None)
    if isinstance(value, str):
        return _page_of_text(value, offset, most_bytes)
    if isinstance(value, dict) and len(value) <= WHOLE_KEYS:
        shortened = shorten(value, most_bytes)
        return Page(shortened.value, 0, len(value), None, shortened.left_out)
    return _page_of_list(value, offset, most_bytes)


def _page_of_text(text: str, offset: int, most_bytes: int) -> Page:
    end = min(len(text), offset + most_bytes)
    while end > offset + 1 and size_of(text[offset:end]) > most_bytes:
        end = offset + max(1, (end - offset) * 3 // 4)
    line = text.rfind("\n", offset, end) + 1
    if end < len(text) and line > offset:
        end = line
    return Page(text[offset:end], offset, len(text), end if end < len(text) else None)


def _page_of_list(value: list[Json] | dict[str, Json], offset: int, most_bytes: int) -> Page:
    members = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    end, room = offset, most_bytes - _COMMA
    for key, each in members[offset:]:
        room -= size_of(each) + _COMMA + (size_of(key) + _COMMA if isinstance(value, dict) else 0)
        if room < 0 and end > offset:
            break
        end += 1
    shown: Json = dict(members[offset:end]) if isinstance(value, dict) else [each for _, each in members[offset:end]]
    shortened = shorten(shown, most_bytes)
    left_out = shortened.left_out
    if isinstance(value, list):
        # What is shown begins at zero, and its members are known by where they stand in the whole.
        left_out = tuple(each._replace(path=(offset + int(each.path[0]), *each.path[1:])) for each in left_out)
    return Page(shortened.value, offset, len(members), end if end < len(members) else None, left_out)
