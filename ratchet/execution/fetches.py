"""The fetches of one execution: what a worker asks for goes through the gateway, and the answer back."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, get_args

from ratchet.execution.in_flight import InFlight
from ratchet.gateway.failures import GatewayFailure, InvalidRequest
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.transport import Redirect
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.supervise import Answer
from ratchet.task.model import Limits
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.gateway.exchange import Exchange
    from ratchet.gateway.gate import Gate

_METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
_NAMES = {"timeout": "TimeoutError", "invalid_url": "TypeError", "invalid_request": "TypeError"}


class Fetches:
    """Answers fetches from threads of their own; closing it ends those under way.

    Args:
        note: Takes a sentence about a request for the task's console.
    """

    def __init__(self, gate: Gate, limits: Limits, note: Callable[[str], None]) -> None:
        self._gate = gate
        self._limits = limits
        self._note = note
        self._ends = time.monotonic() + limits.timeout_seconds
        # One after the other where a file answers: which of its answers a request gets depends on those before.
        self._flying = InFlight(1 if gate.is_answered else limits.fetches_in_flight, "ratchet-fetch")
        self._lock = threading.Lock()
        self._open: dict[int, Cancellation] = {}
        self._started = 0

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What came of the fetches so far, in the order the task made them."""
        return self._gate.exchanges

    def start(self, identity: int, payload: Json, answer: Answer) -> None:
        """Answer a fetch, later and from another thread."""
        self._started += 1
        if self._started > self._limits.fetches or identity in self._open:
            # The worker counts too and ends the execution; one that goes on is not the prelude's.
            answer({"error": {"name": "NetworkError", "message": "The worker asks for too much"}})
            return
        cancellation = Cancellation()
        with self._lock:
            self._open[identity] = cancellation
        # As text: read, a request can take many times the memory, and up to fifty wait here.
        text = json.dumps(payload)
        self._flying.add(lambda: self._answer(identity, text, cancellation, answer))

    def abandon(self, identity: int) -> None:
        """End a fetch that nobody waits for; its question is answered all the same."""
        with self._lock:
            cancellation = self._open.get(identity)
        if cancellation is not None:
            cancellation.cancel()

    def close(self) -> None:
        """End what is under way and wait for it."""
        with self._lock:
            under_way = list(self._open.values())
        for cancellation in under_way:
            cancellation.cancel()
        self._flying.close()

    def _answer(self, identity: int, text: str, cancellation: Cancellation, answer: Answer) -> None:
        try:
            request, redirect = _read_request(json.loads(text))
            response = self._gate.send(
                identity, request, redirect=redirect, deadline=self._ends, cancellation=cancellation
            )
            for sentence in response.notes:
                self._note(sentence)
            answer({"value": _response_for_script(response)})
        except GatewayFailure as failure:
            answer({"error": _error_for_script(failure)})
        except Exception:
            # A bug of ours; without an answer the task would wait for its time limit.
            answer({"error": {"name": "NetworkError", "message": "The request failed inside Ratchet"}})
            raise
        finally:
            with self._lock:
                self._open.pop(identity, None)


def _read_request(payload: Json) -> tuple[HttpRequest, Redirect]:
    """Return what a worker asks for, and what becomes of redirects.

    Raises:
        InvalidRequest: The worker is not the prelude's: it sends what `fetch` does not.
    """
    try:
        method, url, redirect = payload["method"], payload["url"], payload["redirect"]
        headers = tuple((name, value) for name, value in payload["headers"])
        body = _read_body(payload["body"])
    except (KeyError, TypeError, ValueError):
        raise InvalidRequest("The worker sent a request of another shape") from None
    texts = [method, url, redirect, *(part for header in headers for part in header)]
    if not all(isinstance(text, str) for text in texts) or method not in _METHODS:
        raise InvalidRequest("The worker sent a request that is not text")
    if redirect not in get_args(Redirect):
        raise InvalidRequest("The worker sent a request with a redirect of its own")
    return HttpRequest(method, url, headers, body), redirect


def _read_body(body: Json) -> bytes | None:
    if body is None:
        return None
    if isinstance(body.get("text"), str):
        # A lone surrogate is U+FFFD on the wire, as on the web.
        text: str = body["text"]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    return b64decode(body["base64"], validate=True)


def _response_for_script(response: HttpResponse) -> JsonObject:
    facts: JsonObject = {
        "status": response.status,
        "statusText": response.reason or _standard_reason(response.status),
        "url": response.url,
        "redirected": response.redirected,
        "headers": [[name.lower(), value] for name, value in response.headers],
    }
    try:
        return {**facts, "text": response.body.decode()}
    except UnicodeDecodeError:
        legacy = _decode_declared(response)
        return {**facts, "base64": b64encode(response.body).decode(), "legacy": legacy}


def _standard_reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _decode_declared(response: HttpResponse) -> str:
    """Return a body that is not UTF-8 in the encoding that its `Content-Type` names, as far as that goes."""
    from email.message import Message

    header = Message()
    header["Content-Type"] = response.header("content-type") or ""
    try:
        return response.body.decode(str(header.get_param("charset") or "utf-8"), "replace")
    except (LookupError, ValueError):
        return response.body.decode("utf-8", "replace")


def _error_for_script(failure: GatewayFailure) -> JsonObject:
    name = _NAMES.get(failure.kind, "NetworkError")
    facts = {"name": name, "message": failure.message, "code": failure.kind, "hint": failure.hint}
    return {key: value for key, value in facts.items() if value is not None}
