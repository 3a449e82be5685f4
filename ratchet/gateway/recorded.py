"""Answers from a recording: to the same question, else to the same request."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ratchet.gateway.exchange import Exchange, Source
from ratchet.gateway.expected import ExpectedExchange, Miss, Unmatched, missed
from ratchet.gateway.failures import GatewayFailure, InvalidUrl
from ratchet.gateway.matching import ExpectedRequest, mismatches
from ratchet.gateway.message import Headers, HttpRequest, HttpResponse
from ratchet.gateway.url_pattern import UrlPattern, exact_pattern

_EARLY = ("invalid_url", "not_permitted")


class RecordedExchanges:
    """Answers each request with what was recorded for it, once.

    A source that has changed may ask in another order: then the first recorded exchange of the same request answers.

    Args:
        compare_headers: Whether the headers of a request are compared too; those of other programs' archives hold what
            their own client added.

    Attributes:
        misses: The requests that had no answer.
        served: The places in the recording of the exchanges that have answered, in the order they did.
    """

    source: Source = "recording"

    def __init__(self, exchanges: Sequence[Exchange], *, compare_headers: bool = True) -> None:
        self._exchanges = list(exchanges)
        self._expected = [
            expected_of(exchange, index, compare_headers=compare_headers) for index, exchange in enumerate(exchanges)
        ]
        self._lock = threading.Lock()
        self.misses: list[Miss] = []
        self.served: list[int] = []

    @property
    def unused(self) -> list[Exchange]:
        """The exchanges that have answered nothing, but for those that were refused before anything answers."""
        with self._lock:
            left = [exchange for index, exchange in enumerate(self._exchanges) if index not in self.served]
        return [exchange for exchange in left if exchange.failure is None or exchange.failure.kind not in _EARLY]

    def answer(self, number: int, request: HttpRequest) -> HttpResponse:
        """Return the recorded answer.

        Raises:
            Unmatched: There is none, or it has been given already.
            GatewayFailure: The answer is a failure.
        """
        with self._lock:
            index = self._find(number, request)
            self.served.append(index)
        exchange = self._exchanges[index]
        if exchange.failure is not None:
            raise exchange.failure
        assert exchange.response is not None
        return exchange.response

    def _find(self, number: int, request: HttpRequest) -> int:
        fitting = [
            index
            for index, expected in enumerate(self._expected)
            if index not in self.served and not mismatches(expected.request, request)
        ]
        if not fitting:
            left = [expected for index, expected in enumerate(self._expected) if index not in self.served]
            miss = missed(request, left, "recorded request", any_at_all=bool(self._expected))
            self.misses.append(miss)
            raise Unmatched(miss.message, hint=miss.hint)
        return next((index for index in fitting if self._exchanges[index].number == number), fitting[0])


def expected_of(exchange: Exchange, index: int, *, compare_headers: bool) -> ExpectedExchange:
    """Return a recorded exchange as one that is expected once."""
    request = exchange.request
    headers = _combined(request.headers) if compare_headers else {}
    answer: HttpResponse | GatewayFailure | None = exchange.response or exchange.failure
    assert answer is not None
    wanted = ExpectedRequest(request.method, _pattern(request.url), headers, request.body)
    return ExpectedExchange(wanted, answer, f"recorded request {index + 1}", times=1)


def _pattern(url: str) -> UrlPattern:
    try:
        return exact_pattern(url)
    except (ValueError, InvalidUrl):
        # It was refused when it was recorded, and is refused again before it gets here.
        return UrlPattern(url, lambda _url: False, lambda _url: True)


def _combined(headers: Headers) -> dict[str, str]:
    combined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        combined[key] = f"{combined[key]}, {value}" if key in combined else value
    return combined
