"""One HTTP exchange of an execution, which is what recordings, mocks and replays are made of."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from ratchet.gateway.failures import GatewayFailure
from ratchet.gateway.message import HttpRequest, HttpResponse

Source = Literal["network", "mock", "recording"]


class Exchange(NamedTuple):
    """A request and what came of it.

    Args:
        number: Of the question that the worker asked; unique in an execution.
        failure: Why there is no response.
        started_at: Seconds since 1970.
    """

    number: int
    request: HttpRequest
    response: HttpResponse | None
    failure: GatewayFailure | None
    source: Source
    started_at: float
    duration_ms: float


class Answers(Protocol):
    """What answers requests in place of the network."""

    source: Source

    def answer(self, number: int, request: HttpRequest) -> HttpResponse:
        """Return the answer to a request.

        Raises:
            GatewayFailure: The answer is a failure, or there is none to this request.
        """
