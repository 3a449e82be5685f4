"""Answers from exchanges that were written by hand or recorded, in place of the network."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

from ratchet.gateway.exchange import Source
from ratchet.gateway.failures import GatewayFailure
from ratchet.gateway.matching import ExpectedRequest, Mismatch, distance, mismatches
from ratchet.gateway.message import HttpRequest, HttpResponse


class Unmatched(GatewayFailure):
    """A request that none of the expected exchanges answers."""

    kind = "unmatched"


class ExpectedExchange(NamedTuple):
    """A request that may come, and its answer.

    Args:
        answer: What comes back, or the failure.
        label: What it is called in messages: its file and its number there.
        times: How often it answers; None for once, or for ever when it is the last that fits.
    """

    request: ExpectedRequest
    answer: HttpResponse | GatewayFailure
    label: str
    times: int | None = None


class Miss(NamedTuple):
    """A request without an answer.

    Args:
        nearest: The exchange that comes nearest; None where there is none at all.
        differing: What differs from it; empty where it fits and is used up, or not the next in its order.
    """

    request: HttpRequest
    nearest: ExpectedExchange | None
    differing: tuple[Mismatch, ...]
    message: str
    hint: str


class ExpectedExchanges:
    """Answers requests from a list.

    Args:
        source: `mock` or `recording`.
        ordered: Whether the requests must come in the order of the list, each once.

    Attributes:
        misses: The requests that had no answer.
    """

    def __init__(
        self, exchanges: Sequence[ExpectedExchange], *, source: Source = "mock", ordered: bool = False
    ) -> None:
        self.source = source
        self._exchanges = list(exchanges)
        self._ordered = ordered
        self._used = [0] * len(self._exchanges)
        self._lock = threading.Lock()
        self.misses: list[Miss] = []

    @property
    def unused(self) -> list[ExpectedExchange]:
        """The exchanges that have answered nothing, or less often than they say."""
        with self._lock:
            pairs = zip(self._exchanges, self._used, strict=True)
            return [exchange for exchange, used in pairs if used < (1 if exchange.times is None else exchange.times)]

    def answer(self, number: int, request: HttpRequest) -> HttpResponse:
        """Return the answer to a request.

        Raises:
            Unmatched: No exchange fits that is not used up.
            GatewayFailure: The one that fits is a failure.
        """
        with self._lock:
            index = self._next_in_order(request) if self._ordered else self._first_that_fits(request)
            self._used[index] += 1
        answer = self._exchanges[index].answer
        if isinstance(answer, GatewayFailure):
            raise answer
        return answer._replace(url=answer.url or request.url)

    def _first_that_fits(self, request: HttpRequest) -> int:
        fitting = [index for index, exchange in enumerate(self._exchanges) if not mismatches(exchange.request, request)]
        for index in fitting:
            times = self._exchanges[index].times
            if self._used[index] < (1 if times is None else times) or (times is None and index == fitting[-1]):
                return index
        raise self._miss(request, self._exchanges)

    def _next_in_order(self, request: HttpRequest) -> int:
        for index, exchange in enumerate(self._exchanges):
            if self._used[index] < (1 if exchange.times is None else exchange.times):
                if mismatches(exchange.request, request):
                    raise self._miss(request, [exchange])
                return index
        raise self._miss(request, [])

    def _miss(self, request: HttpRequest, candidates: Sequence[ExpectedExchange]) -> Unmatched:
        what = "recorded request" if self.source == "recording" else "mock"
        place = "The next in order" if self._ordered else "The nearest"
        miss = missed(request, candidates, what, place=place, any_at_all=bool(self._exchanges))
        self.misses.append(miss)
        return Unmatched(miss.message, hint=miss.hint)


def missed(
    request: HttpRequest,
    candidates: Sequence[ExpectedExchange],
    what: str,
    *,
    place: str = "The nearest",
    any_at_all: bool,
) -> Miss:
    """Return what is said of a request that nothing answers.

    Args:
        candidates: The exchanges that could have.
        what: What one of them is called.
    """
    measured = [(exchange, mismatches(exchange.request, request)) for exchange in candidates]
    measured.sort(key=lambda pair: distance(pair[1]))
    nearest, differing = measured[0] if measured else (None, [])
    if nearest is None:
        hint = f"There is no {what} left" if any_at_all else f"There is no {what} at all"
    elif differing:
        hint = f"{place} is {nearest.label}: {differing[0].sentence}"
    else:
        hint = f"{nearest.label} fits, but has answered {nearest.times or 1} times already"
    return Miss(request, nearest, tuple(differing), f"No {what} answers `{request.method} {request.url}`", hint)
