"""Every failure as one body: `application/problem+json` (RFC 9457) with the error tree's code and hint."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from starlette.responses import Response

from ratchet.errors import (
    Conflict,
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    NotPermitted,
    RatchetError,
    TooLarge,
    TooSlow,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from ratchet.task.problem_document import problem_json
from ratchet.values import Json, JsonObject, Place

MEDIA_TYPE = "application/problem+json"
_KINDS: Mapping[int, type[RatchetError]] = {
    400: InvalidInput,
    401: Unauthenticated,
    403: NotPermitted,
    404: NotFound,
    405: MethodNotAllowed,
    408: TooSlow,
    409: Conflict,
    413: TooLarge,
    415: UnsupportedMedia,
    422: InvalidInput,
    503: Unavailable,
}


def problem_document(error: RatchetError, **more: Json) -> JsonObject:
    """Return the body for an error.

    Args:
        more: Members beside those that every problem has (RFC 9457, 3.2).
    """
    place = error.place or Place("")
    return {
        "type": f"urn:ratchet:error:{error.code}",
        "title": title_of(type(error)),
        "status": error.http_status,
        "detail": error.message,
        "code": error.code,
        "hint": error.hint,
        "file": place.file or None,
        "line": place.line,
        "column": place.column,
        "problems": [problem_json(problem) for problem in error.problems],
        **more,
    }


def title_of(kind: type[RatchetError]) -> str:
    """Return what all errors of a kind are called: `TimeLimit` is `Time limit`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).capitalize()


def problem_answer(error: RatchetError, headers: Mapping[str, str] | None = None, **more: Json) -> Response:
    """Return the answer to a request that failed."""
    given = dict(headers or {})
    if isinstance(error, Unauthenticated):
        given.setdefault("WWW-Authenticate", 'Bearer realm="ratchet"')
    # Not as UTF-8: a text of JavaScript may hold half a character.
    body = json.dumps(problem_document(error, **more)).encode("ascii") + b"\n"
    return Response(body, error.http_status, given, MEDIA_TYPE)


def error_of(status: int, message: str) -> RatchetError:
    """Return the error for a status that the framework answers with by itself."""
    kind = _KINDS.get(status, InvalidInput if status < 500 else Unavailable)
    return kind(message)
