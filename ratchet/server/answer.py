"""Answers that are JSON, and entity tags (RFC 9110, 8.8.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ratchet.errors import PreconditionFailed
from ratchet.values import Json


def json_answer(value: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a value as JSON."""
    # Not as UTF-8: a text of JavaScript may hold half a character.
    return Response(json.dumps(value).encode("ascii") + b"\n", status, headers, "application/json")


def tagged_answer(request: Request, value: Json, tag: str) -> Response:
    """Return a value with its entity tag, or only that it is what the client has already."""
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if names_tag(request.headers.get("if-none-match"), tag):
        return Response(None, 304, headers)
    return json_answer(value, headers=headers)


def check_unchanged(request: Request, tag: str) -> None:
    """Refuse a change that is meant for another state (RFC 9110, 13.1.1).

    Raises:
        PreconditionFailed: The client names tags, and this is none of them.
    """
    wanted = request.headers.get("if-match")
    if wanted is not None and not names_tag(wanted, tag):
        hint = f"Read it again: its entity tag is `{tag}`"
        raise PreconditionFailed("It has changed since it was read", hint=hint)


def names_tag(header: str | None, tag: str) -> bool:
    """Tell whether a list of entity tags holds one, or is `*`."""
    if header is None:
        return False
    given = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in given or tag in given
