"""A plan: the requests that would change something, held in one execution and let through in a later one."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ratchet.gateway.checkpoint import READS, Departure
from ratchet.gateway.exchange import Source
from ratchet.gateway.failures import HostNotPermitted
from ratchet.gateway.matching import ExpectedRequest, Mismatch, distance, mismatches
from ratchet.gateway.message import Headers, HttpRequest, HttpResponse, Timings
from ratchet.gateway.request_headers import CREDENTIALS
from ratchet.gateway.url_pattern import exact_pattern
from ratchet.task.text import printable

MASK = "********"
"""What stands in place of a credential, in the plan and where requests are compared."""

_CREDENTIAL = re.compile(r"auth|api-?key|cookie|passw|secret|signature|token", re.IGNORECASE)
_HELD_BODY = b"{}"
_NO_TIME = Timings(None, None, None, 0.0, 0.0, 0.0, 0.0)


class PlannedRequest(NamedTuple):
    """A request as a plan holds it.

    Args:
        headers: Sorted, with small names; credentials are masked.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | None

    @property
    def digest(self) -> str:
        """What the request is told by."""
        facts = [self.method, self.url, self.headers, None if self.body is None else self.body.hex()]
        return "sha256:" + hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def planned(request: HttpRequest) -> PlannedRequest:
    """Return what a plan keeps of a request."""
    headers = sorted((name.lower(), _masked(name, value)) for name, value in request.headers)
    return PlannedRequest(request.method, request.url, tuple(headers), request.body)


def _masked(name: str, value: str) -> str:
    return MASK if name.lower() in CREDENTIALS or _CREDENTIAL.search(name) else value


class HeldRequests:
    """A checkpoint that lets nothing out that changes something, and answers it instead.

    The answer is made up: 202 with an empty object. A failure would show the first request of a task alone; this way a
    task goes on and shows all, as far as they do not depend on what a server would have said.
    """

    source: Source = "mock"
    departure: Departure | None = None

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[tuple[int, PlannedRequest]] = []

    @property
    def requests(self) -> tuple[PlannedRequest, ...]:
        """What has been held, in the order the task asked."""
        with self._lock:
            return tuple(request for _, request in sorted(self._held, key=lambda pair: pair[0]))

    def on_departure(self, end: Callable[[], None]) -> None:
        """Do nothing: there is none."""

    def choose(self, number: int, request: HttpRequest) -> HeldRequests | None:
        """Answer all but what only reads."""
        return None if request.method in READS else self

    def check_redirect(self, request: HttpRequest) -> None:
        """Let it go: a request that only reads is redirected to one that does."""

    def answer(self, number: int, request: HttpRequest) -> HttpResponse:
        """Hold a request and return the answer that is made up for it."""
        with self._lock:
            self._held.append((number, planned(request)))
        headers = (("content-type", "application/json"), ("ratchet-plan", "held"))
        return HttpResponse(202, "Held", headers, _HELD_BODY, request.url, False, _NO_TIME, len(_HELD_BODY))


class ReleasedRequests:
    """A checkpoint that lets through what only reads and the requests of a plan, each once, in any order.

    The first other request is a departure: from there on nothing goes out any more.
    """

    def __init__(self, requests: Sequence[PlannedRequest]) -> None:
        self._left = list(enumerate(requests, 1))
        self._count = len(requests)
        self._lock = threading.Lock()
        self._ends: list[Callable[[], None]] = []
        self._departure: Departure | None = None

    @property
    def departure(self) -> Departure | None:
        """The first request that is not in the plan."""
        return self._departure

    @property
    def left(self) -> tuple[int, ...]:
        """The numbers of the requests of the plan that have not been made."""
        with self._lock:
            return tuple(number for number, _ in self._left)

    def on_departure(self, end: Callable[[], None]) -> None:
        """Have something called at the first departure, at once if that has been."""
        with self._lock:
            self._ends.append(end)
            departed = self._departure is not None
        if departed:
            end()

    def choose(self, number: int, request: HttpRequest) -> None:
        """Let a request out or depart.

        Raises:
            HostNotPermitted: It is not in the plan, or an earlier one was not.
        """
        with self._lock:
            if self._departure is not None:
                raise self._refusal(self._departure)
            if request.method in READS:
                return
            wanted = planned(request)
            found = next((entry for entry in self._left if entry[1] == wanted), None)
            if found is not None:
                self._left.remove(found)
                return
            departure = self._departure = self._describe(wanted)
        self._end()
        raise self._refusal(departure)

    def check_redirect(self, request: HttpRequest) -> None:
        """Let a redirect lead to what only reads.

        Raises:
            HostNotPermitted: It would send the request on to another place, or nothing may go out any more.
        """
        with self._lock:
            if self._departure is None and request.method in READS:
                return
            message = f"A redirect of a planned request leads to `{printable(request.method)} {printable(request.url)}`"
            hint = "Plan it again with the URL that the server redirects to"
            departure = self._departure = self._departure or Departure(message, hint, ())
        self._end()
        raise self._refusal(departure)

    def _end(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            end()

    def _refusal(self, departure: Departure) -> HostNotPermitted:
        return HostNotPermitted(departure.message, hint=departure.hint)

    def _describe(self, wanted: PlannedRequest) -> Departure:
        """Return what is wrong with a request, by the nearest one of the plan that is left."""
        shown = f"`{printable(wanted.method)} {printable(wanted.url)}`"
        message = f"{shown} is not in the plan"
        if not self._left:
            return Departure(message, f"The plan has {self._count} requests, and all have been made", ())
        measured = [(number, _differing(entry, wanted)) for number, entry in self._left]
        number, differing = min(measured, key=lambda pair: distance(pair[1]))
        return Departure(message, f"The nearest is request {number} of the plan: {differing[0].sentence}", differing)


def _differing(entry: PlannedRequest, wanted: PlannedRequest) -> tuple[Mismatch, ...]:
    """Return what differs between two that are not the same, at least one thing."""
    expected = ExpectedRequest(entry.method, exact_pattern(entry.url), _combined(entry.headers), entry.body)
    found = mismatches(expected, HttpRequest(*wanted))
    planned_names = {name for name, _ in entry.headers}
    found += [
        Mismatch("header", name, "none", f"`{value}`") for name, value in wanted.headers if name not in planned_names
    ]
    return tuple(found) or (Mismatch("body", "", "the same bytes", "another spelling of the same value"),)


def _combined(headers: Headers) -> dict[str, str]:
    combined: dict[str, str] = {}
    for name, value in headers:
        combined[name] = f"{combined[name]}, {value}" if name in combined else value
    return combined
