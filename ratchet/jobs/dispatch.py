"""What is asked of the engine that hands out jobs: little, so that it can be replaced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol


class Ticket(NamedTuple):
    """The right to work on a job once.

    Args:
        number: Of the tickets of its job; a later one takes the right from those before it.
        rank: Lower is handed out first; see `ticket_of`.
    """

    job_id: str
    number: int
    rank: int

    @property
    def name(self) -> str:
        """What the engine knows it by."""
        return f"{self.job_id}:{self.number}"


RunTicket = Callable[[Ticket], None]
"""Works on a job; whatever it raises, the ticket is used up."""


class Dispatcher(Protocol):
    """Hands each ticket to one process, and never loses one; it knows nothing else of jobs."""

    def start(self, run: RunTicket) -> None:
        """Take part in the work: call `run` in a thread for each ticket that this process gets."""

    def send(self, ticket: Ticket) -> None:
        """Put a ticket in line; again does no harm.

        Raises:
            Unavailable: It cannot be kept now.
        """

    def flush(self) -> None:
        """Make sure that what has been sent so far is not lost with the power."""

    def run_here(self, ticket: Ticket) -> None:
        """Have this process work on a ticket now, as if it had waited in line.

        Raises:
            Unavailable: It cannot be kept now.
        """

    def withdraw(self, names: Collection[str]) -> None:
        """Hand out these tickets no more."""

    def held(self) -> Mapping[str, Sequence[Ticket]]:
        """Return the tickets that have been handed out and are not used up, by executor."""

    def among(self, names: Collection[str]) -> Collection[str]:
        """Return which of these tickets are in line, or have been handed out and are not used up."""

    def forget(self, names: Collection[str]) -> None:
        """Drop what is kept about tickets that are used up."""

    def left(self, most: int) -> Collection[str]:
        """Return tickets that are used up or withdrawn, and not forgotten: who should have is gone."""

    def close(self, *, seconds: float) -> None:
        """Take no more tickets, wait until those at work are used up, at most so long, and stop."""
