"""What a client asks of a list: filters, order, page. Whatever it cannot have is refused, never dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from starlette.datastructures import QueryParams

from ratchet.errors import InvalidInput
from ratchet.store.query import DEFAULT_LIMIT, MOST_LIMIT
from ratchet.task.text import nearest, printable
from ratchet.values import Json, JsonObject, Problem

Kind = Literal["text", "flag"]
Operator = Literal["eq", "ne", "like", "contains", "starts_with", "ends_with", "in"]
PAGE, MOST_ON_A_PAGE = DEFAULT_LIMIT, MOST_LIMIT
MOST_TO_PASS_OVER = 10_000_000
SUFFIXES: Mapping[Kind, tuple[Operator, ...]] = {
    "text": ("ne", "like", "contains", "starts_with", "ends_with", "in"),
    "flag": (),
}
_PAGING = ("page", "limit", "_start", "_end", "sort", "_sort", "_order", "count")
_WHOLE = re.compile(r"\d{1,9}")


class Field(NamedTuple):
    """A field that a list is filtered by.

    Args:
        sortable: Whether the list is sorted by it too.
    """

    name: str
    kind: Kind
    sortable: bool = True


class Filter(NamedTuple):
    """What a field must be.

    Args:
        value: A text, true or false; a tuple of texts for `in`.
    """

    field: str
    operator: Operator
    value: Json


class Listing(NamedTuple):
    """What a client asks of a list.

    Args:
        extra: Parameters that are no filters, such as a search.
        page: None where the client counts entries, not pages.
        exact: Whether all that fit are to be counted.
    """

    filters: tuple[Filter, ...]
    extra: Mapping[str, str]
    sort: str
    descending: bool
    start: int
    limit: int
    page: int | None
    exact: bool


class ListShape(NamedTuple):
    """What a list offers.

    Args:
        sort: What it is sorted by where nobody says otherwise; `-` before the name for the reverse.
        extra: Parameters that are no filters, and what they do.
    """

    fields: tuple[Field, ...]
    sort: str
    extra: Mapping[str, str] = {}

    def operators(self) -> dict[str, tuple[Field, Operator]]:
        """Return every filter by the name of its parameter."""
        found: dict[str, tuple[Field, Operator]] = {field.name: (field, "eq") for field in self.fields}
        for field in self.fields:
            found |= {f"{field.name}_{suffix}": (field, suffix) for suffix in SUFFIXES[field.kind]}
        return found

    @property
    def sortable(self) -> list[str]:
        """The fields that it can be sorted by."""
        return [field.name for field in self.fields if field.sortable]


def parse_listing(query: QueryParams, shape: ListShape) -> Listing:
    """Return what a client asks for.

    Raises:
        InvalidInput: With every parameter that the list does not have, or whose value it cannot take.
    """
    return _Reader(query, shape).read()


class _Reader:
    """Reads the parameters of one request and gathers what is wrong with them."""

    def __init__(self, query: QueryParams, shape: ListShape) -> None:
        self._query = query
        self._shape = shape
        self._operators = shape.operators()
        self._problems: list[Problem] = []

    def read(self) -> Listing:
        names = list(dict.fromkeys(name for name, _ in self._query.multi_items()))
        for name in names:
            if len(self._query.getlist(name)) > 1:
                self._refuse(name, "is there twice", self._hint_of_many(name))
        filters = tuple(filter(None, (self._filter(name) for name in names)))
        sort, descending = self._sort()
        start, limit, page = self._page()
        exact = self._word("count", ("exact",)) == "exact"
        if self._problems:
            raise InvalidInput("The list cannot be given as it is asked for", problems=self._problems)
        extra = {name: self._query[name] for name in self._shape.extra if name in self._query}
        return Listing(filters, extra, sort, descending, start, limit, page, exact)

    def _refuse(self, name: str, sentence: str, hint: str | None = None) -> None:
        self._problems.append(Problem(f"`{printable(name)}` {sentence}", pointer=f"/query/{name}", hint=hint))

    def _hint_of_many(self, name: str) -> str | None:
        return f"`{name}_in=A,B` names several" if f"{name}_in" in self._operators else "Leave one of them out"

    def _filter(self, name: str) -> Filter | None:
        if name in _PAGING or name in self._shape.extra:
            return None
        if name not in self._operators:
            known = [*self._operators, *_PAGING, *self._shape.extra]
            match = nearest(printable(name), known)
            self._refuse(name, "is no parameter of this list", f"Did you mean `{match}`?" if match else None)
            return None
        field, operator = self._operators[name]
        text = self._query[name]
        if operator == "in":
            values = tuple(self._value(name, field, part) for part in text.split(","))
            return Filter(field.name, operator, values)
        return Filter(field.name, operator, self._value(name, field, text))

    def _value(self, name: str, field: Field, text: str) -> Json:
        try:
            return value_of(field, text)
        except ValueError as error:
            self._refuse(name, f"is `{printable(text)}`, not {error}")
            return None

    def _word(self, name: str, words: Sequence[str]) -> str | None:
        text = self._query.get(name)
        if text is not None and text not in words:
            self._refuse(name, f"is `{printable(text)}`, not {' or '.join(f'`{word}`' for word in words)}")
        return text

    def _sort(self) -> tuple[str, bool]:
        """Return the field to sort by and whether in reverse: `sort=-name`, or `_sort=name` with `_order=DESC`."""
        text = self._query.get("sort") or self._query.get("_sort")
        if "sort" in self._query and ("_sort" in self._query or "_order" in self._query):
            self._refuse("sort", "stands beside `_sort` or `_order`", "Leave one of them out")
        order = self._query.get("_order")
        if order is not None and order.upper() not in ("ASC", "DESC"):
            self._refuse("_order", f"is `{printable(order)}`, not `ASC` or `DESC`")
        if text is None:
            text = self._shape.sort
        name = text.removeprefix("-")
        if name not in self._shape.sortable:
            listed = ", ".join(f"`{word}`" for word in self._shape.sortable)
            self._refuse(
                "sort" if "sort" in self._query else "_sort", f"is `{printable(text)}`", f"It is one of {listed}"
            )
        descending = order.upper() == "DESC" if order is not None else text.startswith("-")
        return name, descending

    def _page(self) -> tuple[int, int, int | None]:
        """Return where a page begins, how long it is and its number."""
        if "_start" not in self._query and "_end" not in self._query:
            page, limit = self._whole("page", 1, 1, MOST_TO_PASS_OVER), self._whole("limit", PAGE, 1, MOST_ON_A_PAGE)
            return (page - 1) * limit, limit, page
        for name in ("page", "limit"):
            if name in self._query:
                self._refuse(name, "stands beside `_start` or `_end`", "Leave one of them out")
        start = self._whole("_start", 0, 0, MOST_TO_PASS_OVER)
        end = self._whole("_end", start + PAGE, 0, MOST_TO_PASS_OVER + MOST_ON_A_PAGE)
        if not 1 <= end - start <= MOST_ON_A_PAGE:
            self._refuse("_end", f"is {end}, not 1 to {MOST_ON_A_PAGE} more than `_start`")
        return start, end - start, None

    def _whole(self, name: str, default: int, least: int, most: int) -> int:
        text = self._query.get(name)
        if text is None:
            return default
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            self._refuse(name, f"is `{printable(text)}`, not a whole number from {least} to {most:,}")
            return default
        return int(text)


def value_of(field: Field, text: str) -> Json:
    """Return the value that a text stands for in a field.

    Raises:
        ValueError: It stands for none; the message says what it is not.
    """
    if field.kind == "flag":
        if text not in ("true", "false"):
            raise ValueError("`true` or `false`")
        return text == "true"
    if "\0" in text:
        raise ValueError("a text")
    return text


def list_meta(listing: Listing, path: str, query: QueryParams, *, more: bool, total: int | None) -> JsonObject:
    """Return what stands beside a page: its number, its length, and the address of the next one.

    Args:
        total: How many there are in all; None where nobody asked.
    """
    following = None
    if more:
        given = {name: value for name, value in query.multi_items() if name not in ("page", "_start", "_end")}
        end = listing.start + listing.limit
        step = {"page": listing.page + 1} if listing.page else {"_start": end, "_end": end + listing.limit}
        following = f"{path}?{QueryParams({**given, **step})}"
    meta: JsonObject = {"page": listing.page, "limit": listing.limit, "next": following}
    return meta if total is None else {**meta, "total": total}
