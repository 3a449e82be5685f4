"""Read what a list is asked for: filters, order and page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement

from ratchet.errors import InvalidInput
from ratchet.store.columns import plain
from ratchet.store.fields import OPERATORS, Field, Filter, parse_filter
from ratchet.store.models import Base
from ratchet.task.text import nearest, printable

DEFAULT_LIMIT = 50
MOST_LIMIT = 1000
_MOST_START = 10_000_000
_PAGING = ("page", "limit", "after", "_start", "_end", "_sort", "_order")


class Shape(Protocol):
    """What a list can be asked for."""

    @property
    def fields(self) -> Mapping[str, Field]:
        """What it can be filtered by, by name."""

    @property
    def sortable(self) -> tuple[str, ...]:
        """The fields that it can be sorted by, the default first."""

    @property
    def key(self) -> str | None:
        """The field that tells rows of one place in the order apart; None where no page begins after a row."""

    @property
    def descending(self) -> bool:
        """Whether the last come first where nobody says otherwise."""


class Listing(NamedTuple):
    """A table as a list; see `Shape`.

    Args:
        shown: The columns of a row of the list.
        sortable: Those by which an index sorts.
        where: What all rows of the list fulfil.
    """

    model: type[Base]
    fields: Mapping[str, Field]
    shown: tuple[str, ...]
    key: str
    sortable: tuple[str, ...]
    descending: bool = True
    where: tuple[ColumnElement[bool], ...] = ()


class Unstored(NamedTuple):
    """What stands in no table as a list, in which the first come first; see `Shape`."""

    fields: Mapping[str, Field]
    sortable: tuple[str, ...]
    key: None = None
    descending: bool = False


class Query(NamedTuple):
    """What a list is asked for.

    Args:
        start: How many rows are passed over.
        after: The key of the row before the first; None for the first of all.
    """

    filters: tuple[Filter, ...]
    sort: Field
    descending: bool = True
    start: int = 0
    limit: int = DEFAULT_LIMIT
    after: str | None = None


def places_of(shape: Shape) -> tuple[str, ...]:
    """Return the parameters that say which of the entries that fit are wanted, and in which order."""
    return tuple(name for name in _PAGING if name != "after" or shape.key is not None)


def parse_query(listing: Shape, parameters: Iterable[tuple[str, str]]) -> Query:
    """Return what parameters such as `status=failed`, `created_at_gte=…`, `_sort=…`, `limit=…` ask for.

    Raises:
        InvalidInput: There is no such filter, or a value does not fit.
    """
    given: dict[str, list[str]] = {}
    for name, text in parameters:
        given.setdefault(name, []).append(plain(text))
    paging = {name: _one(name, given.pop(name)) for name in places_of(listing) if name in given}
    filters = tuple(parse_filter(*_field_of(listing, name), texts) for name, texts in given.items())
    start, limit = _range_of(paging)
    sort = _sort_of(listing, paging.get("_sort"))
    return Query(filters, sort, _is_descending(listing, paging.get("_order")), start, limit, paging.get("after"))


def _one(name: str, texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise InvalidInput(f"`{name}` is given twice", hint="Give it once")
    return texts[0]


def _field_of(listing: Shape, name: str) -> tuple[Field, str]:
    """Return the field and the operator that the name of a filter stands for."""
    if name in listing.fields:
        return listing.fields[name], ""
    for operator in OPERATORS:
        field = name.removesuffix(f"_{operator}")
        if field != name and field in listing.fields:
            return listing.fields[field], operator
    known = [*listing.fields, *places_of(listing)]
    match = nearest(name, known)
    hint = f"Did you mean `{match}`?" if match else "There are " + ", ".join(f"`{word}`" for word in known)
    raise InvalidInput(f"There is no filter `{printable(name)}`", hint=hint)


def _sort_of(listing: Shape, name: str | None) -> Field:
    if name is None:
        return listing.fields[listing.sortable[0]]
    if name not in listing.sortable:
        hint = "It is sorted by " + " or ".join(f"`{word}`" for word in listing.sortable)
        raise InvalidInput(f"The list is not sorted by `{printable(name)}`", hint=hint)
    return listing.fields[name]


def _is_descending(listing: Shape, order: str | None) -> bool:
    if order is not None and order.upper() not in ("ASC", "DESC"):
        raise InvalidInput(f"`_order` is `{printable(order)}`, not `ASC` or `DESC`")
    return listing.descending if order is None else order.upper() == "DESC"


def _range_of(paging: Mapping[str, str]) -> tuple[int, int]:
    """Return how many rows are passed over, and how many follow at most."""
    if "_start" in paging or "_end" in paging:
        if "page" in paging or "limit" in paging:
            raise InvalidInput(
                "A page is asked for in two ways", hint="Give `page` and `limit`, or `_start` and `_end`"
            )
        start = _whole(paging, "_start", 0, 0, _MOST_START)
        return start, _whole(paging, "_end", start + DEFAULT_LIMIT, start + 1, start + MOST_LIMIT) - start
    limit = _whole(paging, "limit", DEFAULT_LIMIT, 1, MOST_LIMIT)
    return (_whole(paging, "page", 1, 1, _MOST_START // MOST_LIMIT) - 1) * limit, limit


def _whole(paging: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = paging.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise InvalidInput(f"`{name}` is `{printable(text)}`, not a whole number from {least} to {most:,}")
    return int(text)
