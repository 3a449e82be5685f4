"""Filter, sort and cut what is in memory, as the store does with what is in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from ratchet.server.listing import Filter, Listing
from ratchet.values import Json

Item = TypeVar("Item")
Read = Callable[[Item, str], Json]
"""Returns the value of a field of an item: a list where one of several is to fit."""


class Chosen(NamedTuple):
    """A page of a list.

    Args:
        total: How many there are on all pages.
    """

    items: Sequence[Json]
    more: bool
    total: int


def choose(items: Sequence[Item], listing: Listing, read: Read[Item]) -> Chosen:
    """Return the page that a client asks for."""
    fitting = [item for item in items if all(_fits(read(item, each.field), each) for each in listing.filters)]
    fitting.sort(key=lambda item: _rank(read(item, listing.sort)), reverse=listing.descending)
    page = fitting[listing.start : listing.start + listing.limit]
    return Chosen(page, listing.start + len(page) < len(fitting), len(fitting))


def _rank(value: Json) -> tuple[bool, Json]:
    return value is not None, value if value is not None else 0


def _fits(value: Json, wanted: Filter) -> bool:
    if isinstance(value, list):
        if wanted.operator == "ne":
            return wanted.value not in value
        return any(_fits(each, wanted) for each in value)
    return _TESTS[wanted.operator](value, wanted.value)


_TESTS: dict[str, Callable[[Json, Json], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "like": lambda value, wanted: wanted.casefold() in (value or "").casefold(),
    "contains": lambda value, wanted: wanted in (value or ""),
    "starts_with": lambda value, wanted: (value or "").startswith(wanted),
    "ends_with": lambda value, wanted: (value or "").endswith(wanted),
    "in": lambda value, wanted: value in wanted,
}
