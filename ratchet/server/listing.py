"""Lists: what they take, for the document, and their pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from ratchet.errors import InvalidInput
from ratchet.server.answer import json_answer
from ratchet.server.describe import parameter
from ratchet.store.fields import PARTS, Field, Kind, operators_of
from ratchet.store.query import DEFAULT_LIMIT, MOST_LIMIT, Query, Shape, parse_query
from ratchet.values import Json, JsonObject

_TYPES: dict[Kind, JsonObject] = {
    "word": {"type": "string"},
    "text": {"type": "string"},
    "moment": {"type": "string", "format": "date-time"},
    "flag": {"type": "boolean"},
}
_WORDS = {
    "ne": "is something else",
    "in": "is one of these, with commas between",
    "gt": "is above",
    "gte": "is this or above",
    "lt": "is below",
    "lte": "is this or below",
    "like": "holds this, whatever the case",
    "contains": "holds this",
    "starts_with": "begins with this",
    "ends_with": "ends with this",
}


_PLACES = ("page", "limit", "after", "_start", "_end")


def parameters_of(listing: Shape) -> Iterator[JsonObject]:
    """Yield the parameters that a list takes."""
    for field in listing.fields.values():
        for operator in operators_of(field.kind):
            name = f"{field.name}_{operator}" if operator else field.name
            words = f"`{field.name}` {_WORDS[operator]}" if operator else f"`{field.name}`"
            yield parameter(name, _schema_of(field, operator), words)
    whole = {"type": "integer", "minimum": 1}
    yield parameter("page", whole, "The number of the page, from 1")
    yield parameter("limit", {**whole, "maximum": MOST_LIMIT}, f"Entries of a page; {DEFAULT_LIMIT} without it")
    if listing.key is not None:
        yield parameter("after", {"type": "string"}, "The id of the entry before the page, in place of `page`")
    yield parameter("_start", {"type": "integer", "minimum": 0}, "Entries to pass over, in place of `page`")
    yield parameter("_end", whole, "The entry before which to end, in place of `limit`")
    yield parameter("_sort", {"type": "string", "enum": list(listing.sortable)}, "What to sort by")
    order = "DESC" if listing.descending else "ASC"
    yield parameter("_order", {"type": "string", "enum": ["ASC", "DESC", "asc", "desc"]}, f"{order} without it")
    yield parameter("count", {"type": "string", "enum": ["exact"]}, "Count everything, which may take its time")


def _schema_of(field: Field, operator: str) -> JsonObject:
    """Return the schema of what a field is compared with."""
    if operator == "in":
        return {"type": "string"}
    choices = {"enum": list(field.choices)} if field.choices and operator not in PARTS else {}
    return {**_TYPES[field.kind], **choices}


def read_query(request: Request, listing: Shape, beside: Sequence[str] = ()) -> tuple[Query, bool]:
    """Return what a client asks of a list, and whether all that fit are to be counted.

    Args:
        beside: Parameters of the list that are no filters.

    Raises:
        InvalidInput: The list has no such filter, or a value does not fit.
    """
    given = request.query_params.multi_items()
    counts = [value for name, value in given if name == "count"]
    if counts not in ([], ["exact"]):
        raise InvalidInput("`count` is `exact`, or not there")
    return parse_query(listing, [pair for pair in given if pair[0] not in ("count", *beside)]), bool(counts)


def list_answer(request: Request, listing: Shape, rows: Sequence[JsonObject]) -> Response:
    """Return what a client asks of a list that stands in no table, in its envelope."""
    query, counted = read_query(request, listing)
    fitting = [row for row in rows if all(each.fits(row[each.field.name]) for each in query.filters)]
    fitting.sort(key=lambda row: row[query.sort.name], reverse=query.descending)
    end = query.start + query.limit
    total = len(fitting) if counted else None
    return page_answer(request, fitting[query.start : end], query, None, total, is_full=end < len(fitting))


def page_answer(
    request: Request,
    data: Sequence[Json],
    query: Query,
    after: str | None,
    total: int | None,
    *,
    is_full: bool = False,
    beside: JsonObject | None = None,
) -> Response:
    """Return a page in its envelope.

    Args:
        after: The key of the last entry, where more follow.
        total: How many there are in all; None where nobody asked.
        is_full: Whether more may follow, though the last entry has no key in the store.
        beside: What `meta` has besides.
    """
    place = None if after is None else {"limit": query.limit, "after": after}
    page = None if query.after or query.start % query.limit else query.start // query.limit + 1
    if is_full:
        place = _next_place(request, query, page)
    following = None
    if place is not None:
        kept = [pair for pair in request.query_params.multi_items() if pair[0] not in _PLACES]
        following = f"{request.url.path}?{QueryParams([*kept, *((name, str(value)) for name, value in place.items())])}"
    meta: JsonObject = {"page": page, "limit": query.limit, "next": following, **(beside or {})}
    if total is None:
        return json_answer({"data": list(data), "meta": meta})
    return json_answer({"data": list(data), "meta": {**meta, "total": total}}, headers={"X-Total-Count": str(total)})


def _next_place(request: Request, query: Query, page: int | None) -> JsonObject:
    """Return where the next page begins, in the way in which the client has asked for this one."""
    if page is not None and not {"_start", "_end"} & request.query_params.keys():
        return {"limit": query.limit, "page": page + 1}
    end = query.start + query.limit
    return {"_start": end, "_end": end + query.limit}
