"""Read an HTTP Archive that somebody else may have written, or broken on purpose.

Nothing is believed but what has the right shape. The original's archives have wrong MIME types and empty query strings,
so bodies are taken as they stand and the query is read from the URL.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from datetime import datetime
from typing import Any, get_args

from ratchet.errors import InvalidRecording
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.failures import GatewayFailure, Kind, RecordedFailure
from ratchet.gateway.message import Headers, HttpRequest, HttpResponse, Timings
from ratchet.task.pointer import pointer_of
from ratchet.values import Json, JsonObject, Problem

_NO_TIMINGS = Timings(None, None, None, 0.0, 0.0, 0.0, 0.0)
_MOST_ENTRIES = 10_000
_MOST_PROBLEMS = 20


class _WrongShapeError(Exception):
    """A part of an entry that is not what it must be."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


def parse_har(document: Json, *, file: str) -> list[Exchange]:
    """Return the exchanges of an archive, in its order.

    Args:
        file: What to call it in errors.

    Raises:
        InvalidRecording: With every entry that is not of the right shape.
    """
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise InvalidRecording(f"`{file}` is no HTTP Archive: it has no `log.entries`")
    if len(entries) > _MOST_ENTRIES:
        raise InvalidRecording(f"`{file}` has more than {_MOST_ENTRIES:,} entries")
    exchanges: list[Exchange] = []
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        try:
            exchanges.append(_read_entry(entry, index + 1))
        except _WrongShapeError as error:
            problems.append(Problem(str(error), pointer=pointer_of(("log", "entries", index, *error.path))))
    if problems:
        raise InvalidRecording(f"`{file}` cannot be read", problems=problems[:_MOST_PROBLEMS])
    return exchanges


def _read_entry(entry: Json, position: int) -> Exchange:
    own = _part(entry, "_ratchet", dict, {})
    number = own.get("number")
    request = _read_request(_part(entry, "request", dict))
    failure = _read_failure(own.get("failure"))
    return Exchange(
        number=number if type(number) is int and number > 0 else position,
        request=request,
        response=None if failure else _read_response(_part(entry, "response", dict), own, request.url),
        failure=failure,
        source="recording",
        started_at=_read_moment(entry.get("startedDateTime")),
        duration_ms=float(_part(entry, "time", (int, float), 0)),
    )


def _read_request(request: JsonObject) -> HttpRequest:
    method = _part(request, "method", str, at="request")
    url = _part(request, "url", str, at="request")
    headers = _read_headers(request.get("headers"), "request")
    return HttpRequest(method.upper(), url, headers, _read_body(request.get("postData")))


def _read_body(data: Json) -> bytes | None:
    if data is None:
        return None
    path = ("request", "postData")
    if not isinstance(data, dict) or not isinstance(data.get("text", ""), str):
        raise _WrongShapeError(path, "is not the body of a request")
    encoded = _part(data, "_ratchet", dict, {}).get("base64")
    if encoded is not None:
        return _decode(encoded, path)
    text: str = data.get("text", "")
    return text.encode("utf-8", "replace")


def _read_response(response: JsonObject, own: JsonObject, url: str) -> HttpResponse:
    status = _part(response, "status", int, at="response")
    if not 100 <= status <= 599:
        raise _WrongShapeError(("response", "status"), f"is {status}, no status of HTTP")
    content = _part(response, "content", dict, {}, at="response")
    text = _part(content, "text", str, "", at="response/content")
    if content.get("encoding") == "base64":
        body = _decode(text, ("response", "content", "text"))
    else:
        body = text.encode("utf-8", "replace")
    final = own.get("url")
    return HttpResponse(
        status=status,
        reason=_part(response, "statusText", str, "", at="response"),
        headers=_read_headers(response.get("headers"), "response"),
        body=body,
        url=final if isinstance(final, str) else url,
        redirected=own.get("redirected") is True,
        timings=_NO_TIMINGS,
        wire_bytes=len(body),
    )


def _read_headers(headers: Json, side: str) -> Headers:
    if headers is None:
        return ()
    if not isinstance(headers, list):
        raise _WrongShapeError((side, "headers"), "is no list")
    pairs: list[tuple[str, str]] = []
    for index, header in enumerate(headers):
        name, value = (header.get("name"), header.get("value")) if isinstance(header, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(value, str):
            raise _WrongShapeError((side, "headers", index), "is no header with a name and a value")
        pairs.append((name, value))
    return tuple(pairs)


def _read_failure(described: Json) -> GatewayFailure | None:
    if not isinstance(described, dict):
        return None
    kind, message, hint = described.get("kind"), described.get("message"), described.get("hint")
    known = next((word for word in get_args(Kind) if word == kind), None)
    if known is None or not isinstance(message, str):
        raise _WrongShapeError(("_ratchet", "failure"), "is no failure of a request")
    return RecordedFailure(known, message, hint=hint if isinstance(hint, str) else None)


def _decode(encoded: Json, path: tuple[str | int, ...]) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (Base64Error, TypeError, ValueError):
        raise _WrongShapeError(path, "is not base64") from None


def _read_moment(text: Json) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0.0


_REQUIRED = object()


def _part(whole: Json, name: str, kind: Any, otherwise: Any = _REQUIRED, *, at: str = "") -> Any:
    """Return a part of an object, if it has the right type."""
    above = tuple(at.split("/")) if at else ()
    if not isinstance(whole, dict):
        raise _WrongShapeError(above, "is no object")
    value = whole.get(name)
    if value is None and otherwise is not _REQUIRED:
        return otherwise
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _WrongShapeError((*above, name), "is missing" if value is None else "is of another type")
    return value
