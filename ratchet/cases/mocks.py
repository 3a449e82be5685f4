"""Read the mocks of a case: requests that may come, and what answers them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus

from ratchet.cases.model import Mock
from ratchet.cases.section import Section
from ratchet.gateway.expected import ExpectedExchange
from ratchet.gateway.failures import ConnectFailed, ConnectionLost, GatewayFailure, NameNotFound, TimedOut
from ratchet.gateway.matching import ABSENT, ExpectedRequest
from ratchet.gateway.message import Headers, HttpResponse, Timings
from ratchet.gateway.url_pattern import parse_url_pattern
from ratchet.task.reader import name_of, nearest_hint
from ratchet.task.text import printable
from ratchet.values import Json

_KEYS = ("url", "method", "headers", "body", "times", "response", "error")
_RESPONSE_KEYS = ("ok", "status", "statusText", "headers", "body")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_FAILURES: dict[str, tuple[type[GatewayFailure], str]] = {
    "timeout": (TimedOut, "`{url}` did not answer in time"),
    "refused": (ConnectFailed, "`{url}` refused the connection"),
    "dns": (NameNotFound, "The host of `{url}` has no address"),
    "reset": (ConnectionLost, "`{url}` closed the connection before its answer was complete"),
}
_MOST_TIMES = 1_000_000
_NO_TIME = Timings(None, None, None, 0.0, 0.0, 0.0, 0.0)


def read_mocks(case: Section) -> tuple[Mock, ...]:
    """Return the mocks of a case, from `mock.http` and from `mock_http.requests`."""
    return tuple(_read_mock(section, number) for number, section in enumerate(_sections(case), 1))


def _sections(case: Section) -> Iterator[Section]:
    mock = case.section("mock", "`mock`")
    if mock is not None:
        mock.refuse_unknown("`mock`", ("http",))
        yield from mock.sections("http", "A mock")
    mock_http = case.section("mock_http", "`mock_http`")
    if mock_http is not None:
        mock_http.refuse_unknown("`mock_http`", ("requests",))
        yield from mock_http.sections("requests", "A mock")


def _read_mock(mock: Section, number: int) -> Mock:
    mock.refuse_unknown("A mock", _KEYS)
    request = ExpectedRequest(
        _read_method(mock),
        parse_url_pattern(_read_url(mock)),
        {name.lower(): value for name, value in _read_headers(mock, lists=False)},
        mock.value.get("body", ABSENT),
    )
    label = f"mock {number}"
    times = mock.whole("times", 1, _MOST_TIMES)
    return Mock(ExpectedExchange(request, _read_answer(mock), label, times), mock.steps)


def _read_url(mock: Section) -> str:
    url = mock.text("url")
    if url is None:
        if mock.value.get("url") is None:
            mock.report("The mock has no `url`", hint="Add the URL that it answers, such as `https://host/path`")
        return "*"
    try:
        parse_url_pattern(url)
    except ValueError as error:
        mock.report(f"`{printable(url)}` {error}" if url else "The `url` is empty, which every URL contains", "url")
        return "*"
    return url


def _read_method(mock: Section) -> str | None:
    method = mock.text("method")
    if method is None or method == "*":
        return None
    if method.upper() not in _METHODS:
        hint = nearest_hint(method.upper(), _METHODS)
        mock.report(f"`{printable(method)}` is not a method that `fetch` has", "method", hint=hint)
    return method.upper()


def _read_headers(section: Section, *, lists: bool) -> Headers:
    """Return the headers of a mock or a response.

    Args:
        lists: Whether a header may be there more than once, as a list.
    """
    headers = section.section("headers", "`headers`")
    found: list[tuple[str, str]] = []
    for name, value in headers.value.items() if headers else ():
        for one in value if lists and isinstance(value, list) else [value]:
            if isinstance(one, str) or type(one) is int:
                found.append((name, str(one)))
            elif headers is not None:
                headers.report(f"The header `{printable(name)}` is {name_of(one)}, not a string", name)
    return tuple(found)


def _read_answer(mock: Section) -> HttpResponse | GatewayFailure:
    error = mock.text("error")
    if error is None:
        if "response" not in mock.value:
            mock.report("The mock has no `response`", hint="Add a `response`, or an `error` such as `timeout`")
        return _read_response(mock)
    if "response" in mock.value:
        mock.report("The mock has a `response` and an `error`", "error", hint="Keep one of them", key=True)
    if error not in _FAILURES:
        hint = nearest_hint(error, tuple(_FAILURES))
        mock.report(f"`{printable(error)}` is not an error of the network", "error", hint=hint)
        error = "refused"
    kind, sentence = _FAILURES[error]
    return kind(sentence.format(url=printable(str(mock.value.get("url")))))


def _read_response(mock: Section) -> HttpResponse:
    value = mock.value.get("response")
    whole = isinstance(value, dict) and (type(value.get("status")) is int or isinstance(value.get("ok"), bool))
    if not whole:
        return _response(200, None, (), value)
    response = mock.section("response", "`response`")
    assert response is not None
    response.refuse_unknown("A response with a `status`", _RESPONSE_KEYS)
    ok = response.value.get("ok")
    status = response.whole("status", 200, 599) or (500 if ok is False else 200)
    if isinstance(ok, bool) and ok is not (200 <= status <= 299):
        response.report(f"`ok` is {str(ok).lower()}, but the status is {status}", "ok", hint="Leave `ok` out")
    reason = response.text("statusText")
    return _response(status, reason, _read_headers(response, lists=True), response.value.get("body"))


def _response(status: int, reason: str | None, headers: Headers, body: Json) -> HttpResponse:
    if reason is None:
        reason = next((known.phrase for known in HTTPStatus if known == status), "")
    data, content_type = _encode(body)
    if content_type and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", content_type))
    return HttpResponse(status, reason, headers, data, "", False, _NO_TIME, len(data))


def _encode(body: Json) -> tuple[bytes, str]:
    """Return the bytes of a body and their type; null is no body."""
    if body is None:
        return b"", ""
    if isinstance(body, str):
        return body.encode("utf-8", "replace"), "text/plain; charset=utf-8"
    return json.dumps(body).encode(), "application/json"
