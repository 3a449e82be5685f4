"""Who decides over each request that is permitted, before it goes out: the seam behind `--plan` and `--apply`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from ratchet.gateway.exchange import Answers
from ratchet.gateway.matching import Mismatch
from ratchet.gateway.message import HttpRequest

READS = ("GET", "HEAD")
"""The methods that change nothing (RFC 9110, section 9.2.1); others are held."""


class Departure(NamedTuple):
    """A request that is not one of those that may go out, which ends the execution.

    Args:
        differing: What differs from the nearest of those; empty where there is none.
    """

    message: str
    hint: str
    differing: tuple[Mismatch, ...]


class Checkpoint(Protocol):
    """Decides over the requests of an execution and of those it calls, from any thread."""

    @property
    def departure(self) -> Departure | None:
        """The request that must end the execution, once there is one."""

    def on_departure(self, end: Callable[[], None]) -> None:
        """Have something called then."""

    def choose(self, number: int, request: HttpRequest) -> Answers | None:
        """Return who answers in place of the network; None lets the request go its usual way.

        Raises:
            GatewayFailure: It may not go out, and nobody answers it.
        """

    def check_redirect(self, request: HttpRequest) -> None:
        """Check the request that follows a redirect.

        Raises:
            GatewayFailure: It may not go out.
        """
