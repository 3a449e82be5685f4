"""What the OpenAPI document says of a route, beside what the framework reads off its function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.responses import Response

from ratchet.errors import RatchetError
from ratchet.server.listing import MOST_ON_A_PAGE, PAGE, ListShape
from ratchet.server.problem import MEDIA_TYPE, title_of
from ratchet.values import JsonObject

_TAG_HEADER: JsonObject = {"ETag": {"description": "Names this state of the task", "schema": {"type": "string"}}}
_TYPES = {"text": "string", "flag": "boolean"}
_PAGING: dict[str, JsonObject] = {
    "page": {"type": "integer", "minimum": 1},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ON_A_PAGE},
    "_start": {"type": "integer", "minimum": 0},
    "_end": {"type": "integer", "minimum": 1},
    "_order": {"type": "string", "enum": ["ASC", "DESC", "asc", "desc"]},
    "count": {"type": "string", "enum": ["exact"]},
}
_PAGING_WORDS = {
    "page": "The number of the page, from 1",
    "limit": f"Entries of a page; {PAGE} without it",
    "_start": "Entries to pass over, in place of `page`",
    "_end": "The entry before which to end, in place of `limit`",
    "_order": "The order of `_sort`",
    "count": "Count everything, for `total` and `X-Total-Count`",
}
OPERATOR_WORDS = {
    "ne": "is something else",
    "like": "holds this, whatever the case",
    "contains": "holds this",
    "starts_with": "begins with this",
    "ends_with": "ends with this",
    "gt": "is above",
    "gte": "is this or above",
    "lt": "is below",
    "lte": "is this or below",
    "in": "is one of these, with commas between",
}
"""What each suffix of a filter asks for."""


def ref(name: str) -> JsonObject:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def operation(
    summary: str,
    schema: str | None,
    *,
    errors: Sequence[type[RatchetError]] = (),
    status: int = 200,
    also: Sequence[int] = (),
    tagged: bool = False,
    media_type: str = "application/json",
    headers: JsonObject | None = None,
) -> dict[str, Any]:
    """Return the options of a route.

    Args:
        schema: Of the answer; None where it has no body.
        errors: Beside those that every route may answer with.
        also: Further statuses that have the same body.
        tagged: Whether the answer has an entity tag, and may be 304.
    """
    answer: JsonObject = {"description": summary}
    if schema is not None:
        answer["content"] = {media_type: {"schema": ref(schema)}}
    shown = {**(headers or {}), **(_TAG_HEADER if tagged else {})}
    if shown:
        answer["headers"] = shown
    responses: dict[int | str, JsonObject] = {status: answer, **dict.fromkeys(also, answer), **problems(errors)}
    if tagged:
        responses[304] = {"description": "It is what `If-None-Match` names", "headers": _TAG_HEADER}
    return {
        "summary": summary,
        "status_code": status,
        "responses": responses,
        "response_class": Response,
        "openapi_extra": {"parameters": [_if_none_match()]} if tagged else None,
    }


def list_operation(
    summary: str,
    schema: str,
    shape: ListShape | Sequence[JsonObject],
    *,
    meta: str = "ListMeta",
    errors: Sequence[type[RatchetError]] = (),
) -> dict[str, Any]:
    """Return the options of a route that lists.

    Args:
        shape: What it offers, or its parameters.
    """
    options = operation(summary, None, errors=errors)
    body = {
        "type": "object",
        "required": ["data", "meta"],
        "properties": {"data": {"type": "array", "items": ref(schema)}, "meta": ref(meta)},
    }
    options["responses"][200] = {
        "description": "A page of the list",
        "headers": {"X-Total-Count": {"description": "With `count=exact`", "schema": {"type": "integer"}}},
        "content": {"application/json": {"schema": body}},
    }
    options["openapi_extra"] = {"parameters": list(parameters_of(shape) if isinstance(shape, ListShape) else shape)}
    return options


def problems(errors: Sequence[type[RatchetError]]) -> dict[int | str, JsonObject]:
    """Return the answers for kinds of errors, those of one status together."""
    found: dict[int | str, JsonObject] = {}
    for kind in errors:
        before = found.get(kind.http_status)
        words = title_of(kind) if before is None else f"{before['description']}, or {title_of(kind).lower()}"
        found[kind.http_status] = {"description": words, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
    return found


def parameters_of(shape: ListShape) -> Iterator[JsonObject]:
    """Yield the parameters that a list takes."""
    for name, (field, operator) in shape.operators().items():
        words = f"`{field.name}`" if operator == "eq" else f"`{field.name}` {OPERATOR_WORDS[operator]}"
        yield parameter(name, {"type": "string" if operator == "in" else _TYPES[field.kind]}, words)
    for name, words in shape.extra.items():
        yield parameter(name, {"type": "string"}, words)
    both = [*shape.sortable, *(f"-{name}" for name in shape.sortable)]
    yield parameter("sort", {"type": "string", "enum": both}, f"What to sort by; `{shape.sort}` without it")
    yield parameter("_sort", {"type": "string", "enum": shape.sortable}, "What to sort by, in place of `sort`")
    for name, schema in _PAGING.items():
        yield parameter(name, schema, _PAGING_WORDS[name])


def parameter(name: str, schema: JsonObject, words: str, place: str = "query") -> JsonObject:
    """Return a parameter that need not be given."""
    return {"name": name, "in": place, "required": False, "schema": schema, "description": words}


def _if_none_match() -> JsonObject:
    return parameter("If-None-Match", {"type": "string"}, "The entity tag of what the client has already", "header")


def if_match() -> JsonObject:
    """Return what makes a change conditional, for `openapi_extra`."""
    words = "The entity tag of what is to be changed"
    return {"parameters": [parameter("If-Match", {"type": "string"}, words, "header")]}
