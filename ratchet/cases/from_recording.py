"""Turn a recording into a case: what happened once is what is expected from now on."""

from __future__ import annotations

import json

from ratchet.errors import Refused
from ratchet.execution.recorded import Recording
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.message import Headers, HttpResponse
from ratchet.values import Json, JsonObject

_HINT = 'Put the recording beside the case and name it there: `"recording": "one.ratchet"`'
_FAILURES = ("timeout", "refused", "dns", "reset")
_EARLY = ("invalid_url",)
# What the transfer has been undone of, and what the body says itself.
_LEFT_OUT = ("content-encoding", "content-length", "transfer-encoding", "connection", "date")


def case_of(recording: Recording, name: str) -> JsonObject:
    """Return the object of a case file.

    Raises:
        Refused: An exchange cannot be written as a mock.
    """
    case: JsonObject = {"name": name, "input": recording.input}
    session = recording.session
    if session is not None:
        if session.clock:
            # A moment alone will do where the clock has said nothing else.
            case["clock"] = session.clock[0][0] if len(session.clock) == 1 else [list(run) for run in session.clock]
        case["random_seed"] = session.seed
    mocks = [
        _mock_of(exchange, index + 1) for index, exchange in enumerate(recording.exchanges) if _was_asked(exchange)
    ]
    if mocks:
        case |= {"ordered": True, "mock": {"http": mocks}}
    return {**case, **_without_words_of_the_network(_expected(recording), recording)}


def case_with(recording: Recording, name: str, file: str) -> JsonObject:
    """Return the object of a case file that leaves the surroundings to a recording beside it.

    Args:
        file: The name of the recording.
    """
    return {"name": name, "recording": file, "input": recording.input, **_expected(recording)}


def needs_recording(recording: Recording) -> bool:
    """Tell whether a case alone cannot say what the execution saw: other tasks, signatures, bodies that are no text."""
    session = recording.session
    if session is not None and (session.calls or session.signatures):
        return True
    try:
        case_of(recording, "")
    except Refused:
        return True
    return False


def _expected(recording: Recording) -> JsonObject:
    if recording.output is not None:
        return {"expected_output": json.loads(recording.output)}
    error = recording.error or {}
    told = {key: error.get(key) for key in ("name", "message", "status")}
    told = {key: value for key, value in told.items() if value is not None}
    return {"expected_error": {"code": error["code"], **told} if error.get("code") else told}


def _without_words_of_the_network(expected: JsonObject, recording: Recording) -> JsonObject:
    """Leave out the message of an error where a request failed in words that a mock says otherwise."""
    error = expected.get("expected_error")
    failures = [exchange.failure.message for exchange in recording.exchanges if exchange.failure]
    if isinstance(error, dict) and any(message in str(error.get("message")) for message in failures):
        return {"expected_error": {key: value for key, value in error.items() if key != "message"}}
    return expected


def _was_asked(exchange: Exchange) -> bool:
    return exchange.failure is None or exchange.failure.kind not in _EARLY


def _mock_of(exchange: Exchange, number: int) -> JsonObject:
    request = exchange.request
    if any(sign in request.url for sign in "*{}"):
        raise Refused(f"Request {number} has a URL that a mock would take for a pattern", hint=_HINT)
    mock: JsonObject = {"url": request.url, "method": request.method}
    if request.body is not None:
        mock["body"] = _body_of(request.body, f"Request {number}")
    if exchange.response is not None:
        return {**mock, "response": _response_of(exchange.response, number)}
    assert exchange.failure is not None
    if exchange.failure.kind not in _FAILURES:
        kind = exchange.failure.kind
        raise Refused(f"Request {number} failed in a way that a mock cannot: `{kind}`", hint=_HINT)
    return {**mock, "error": exchange.failure.kind}


def _response_of(response: HttpResponse, number: int) -> JsonObject:
    told: JsonObject = {"status": response.status, "statusText": response.reason}
    headers = _headers_of(response.headers)
    if headers:
        told["headers"] = headers
    return {**told, "body": _body_of(response.body, f"The answer to request {number}") if response.body else None}


def _headers_of(headers: Headers) -> dict[str, Json]:
    told: dict[str, Json] = {}
    for name, value in headers:
        key = name.lower()
        if key in _LEFT_OUT:
            continue
        before = told.get(key)
        told[key] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return told


def _body_of(body: bytes, what: str) -> Json:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refused(f"{what} has a body that is no text", hint=_HINT) from None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    # A text in quotes would be taken for the text itself.
    return text if isinstance(value, str) else value
