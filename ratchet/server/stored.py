"""Lists that the store gives: what they take, for the document, and their pages."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from ratchet.errors import InvalidInput
from ratchet.server.answer import json_answer
from ratchet.server.describe import OPERATOR_WORDS, parameter
from ratchet.store.fields import Kind, operators_of
from ratchet.store.query import DEFAULT_LIMIT, MOST_LIMIT, Listing, Query, parse_query
from ratchet.values import Json, JsonObject

_TYPES: dict[Kind, JsonObject] = {
    "word": {"type": "string"},
    "text": {"type": "string"},
    "moment": {"type": "string", "format": "date-time"},
}
_PLACES = ("page", "limit", "after", "_start", "_end")


def parameters_of(listing: Listing) -> Iterator[JsonObject]:
    """Yield the parameters that a list takes."""
    for field in listing.fields.values():
        for operator in operators_of(field.kind):
            name = f"{field.name}_{operator}" if operator else field.name
            words = f"`{field.name}` {OPERATOR_WORDS[operator]}" if operator else f"`{field.name}`"
            yield parameter(name, {"type": "string"} if operator == "in" else _TYPES[field.kind], words)
    whole = {"type": "integer", "minimum": 1}
    yield parameter("page", whole, "The number of the page, from 1")
    yield parameter("limit", {**whole, "maximum": MOST_LIMIT}, f"Entries of a page; {DEFAULT_LIMIT} without it")
    yield parameter("after", {"type": "string"}, "The id of the entry before the page, in place of `page`")
    yield parameter("_start", {"type": "integer", "minimum": 0}, "Entries to pass over, in place of `page`")
    yield parameter("_end", whole, "The entry before which to end, in place of `limit`")
    yield parameter("_sort", {"type": "string", "enum": list(listing.sortable)}, "What to sort by")
    yield parameter("_order", {"type": "string", "enum": ["ASC", "DESC", "asc", "desc"]}, "DESC without it")
    yield parameter("count", {"type": "string", "enum": ["exact"]}, "Count everything, which may take its time")


def read_query(request: Request, listing: Listing) -> tuple[Query, bool]:
    """Return what a client asks of a list, and whether all that fit are to be counted.

    Raises:
        InvalidInput: The list has no such filter, or a value does not fit.
    """
    given = request.query_params.multi_items()
    counts = [value for name, value in given if name == "count"]
    if counts not in ([], ["exact"]):
        raise InvalidInput("`count` is `exact`, or not there")
    return parse_query(listing, [pair for pair in given if pair[0] != "count"]), bool(counts)


def page_answer(
    request: Request, data: list[Json], query: Query, after: str | None, total: int | None, *, is_full: bool = False
) -> Response:
    """Return a page in its envelope.

    Args:
        after: The key of the last entry, where more follow.
        total: How many there are in all; None where nobody asked.
        is_full: Whether more may follow, though the last entry has no key in the store.
    """
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in _PLACES]
    place = None if after is None else {"limit": query.limit, "after": after}
    if is_full:
        end = query.start + query.limit
        place = {"_start": end, "_end": end + query.limit}
    following = None
    if place is not None:
        following = f"{request.url.path}?{QueryParams([*kept, *((name, str(value)) for name, value in place.items())])}"
    page = None if query.after or query.start % query.limit else query.start // query.limit + 1
    meta: JsonObject = {"page": page, "limit": query.limit, "next": following}
    if total is None:
        return json_answer({"data": data, "meta": meta})
    return json_answer({"data": data, "meta": {**meta, "total": total}}, headers={"X-Total-Count": str(total)})
