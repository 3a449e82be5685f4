"""What the OpenAPI document says of a route, beside what the framework reads off its function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from ratchet.errors import RatchetError
from ratchet.server.problem import MEDIA_TYPE, title_of
from ratchet.values import JsonObject

_TAG_HEADER: JsonObject = {"ETag": {"description": "Names this state of the task", "schema": {"type": "string"}}}


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
    parameters: Sequence[JsonObject],
    *,
    meta: str = "ListMeta",
    errors: Sequence[type[RatchetError]] = (),
) -> dict[str, Any]:
    """Return the options of a route that lists."""
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
    options["openapi_extra"] = {"parameters": list(parameters)}
    return options


def problems(errors: Sequence[type[RatchetError]]) -> dict[int | str, JsonObject]:
    """Return the answers for kinds of errors, those of one status together."""
    found: dict[int | str, JsonObject] = {}
    for kind in errors:
        before = found.get(kind.http_status)
        words = title_of(kind) if before is None else f"{before['description']}, or {title_of(kind).lower()}"
        found[kind.http_status] = {"description": words, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
    return found


def parameter(name: str, schema: JsonObject, words: str, place: str = "query") -> JsonObject:
    """Return a parameter that need not be given."""
    return {"name": name, "in": place, "required": False, "schema": schema, "description": words}


def _if_none_match() -> JsonObject:
    return parameter("If-None-Match", {"type": "string"}, "The entity tag of what the client has already", "header")


def if_match() -> JsonObject:
    """Return what makes a change conditional, for `openapi_extra`."""
    words = "The entity tag of what is to be changed"
    return {"parameters": [parameter("If-Match", {"type": "string"}, words, "header")]}
