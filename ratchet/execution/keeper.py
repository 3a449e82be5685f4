"""Who keeps executions beyond the process that ran them."""

from __future__ import annotations

from concurrent.futures import Future
from typing import NamedTuple, Protocol

from ratchet.execution.document import Execution
from ratchet.execution.surroundings import Recorder, Witnessed
from ratchet.task.model import Task

SHORTEST_PREFIX = 4
"""What is needed of an id at least, where its beginning is to do."""


class Wanted(NamedTuple):
    """Which executions are asked for; None for any.

    Args:
        since, until: The bounds of `created_at` in seconds since 1970; the second is no part.
        after: The id of an execution that was made after all that are asked for.
    """

    task: str | None = None
    status: str | None = None
    since: float | None = None
    until: float | None = None
    after: str | None = None
    limit: int = 50

    def fits(self, execution: Execution) -> bool:
        """Tell whether an execution is asked for, but for how many are."""
        if self.task not in (None, execution.task.name) or self.status not in (None, execution.status):
            return False
        if self.after is not None and execution.id >= self.after:
            return False
        return (self.since or 0) <= execution.created_at and (self.until is None or execution.created_at < self.until)


class Retention(NamedTuple):
    """What is removed again.

    Args:
        before: Executions that began earlier, in seconds since 1970; None for none.
        most: How many stay at most, the newest; None for all.
    """

    before: float | None = None
    most: int | None = None


class Keeper(Protocol):
    """Who keeps executions."""

    @property
    def recorder(self) -> Recorder | None:
        """Who keeps what is needed to replay an execution, which is given to `run`."""

    def end(self, execution: Execution, *, patient: bool = False) -> Future[None]:
        """Keep an execution that has ended; return what is done when it is kept, or could not be.

        Args:
            patient: It may wait a moment for others, to be kept with them.
        """

    def find(self, identity: str) -> Execution:
        """Return an execution by its id, or by what no other id begins with.

        Raises:
            NotFound: There is none.
            Conflict: More than one begins so.
        """

    def newest(self, wanted: Wanted) -> list[Execution]:
        """Return the executions that are asked for, the newest first."""

    def prune(self, retention: Retention) -> int:
        """Remove executions that have ended, with their recordings; return how many they were."""

    def close(self) -> None:
        """Close what is open."""


class _Both(NamedTuple):
    """Two who keep one execution; the first says where."""

    first: Recorder
    second: Recorder

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> str | None:
        """Keep it twice."""
        where = self.first.keep(task, execution, witnessed)
        self.second.keep(task, execution, witnessed)
        return where


def both(first: Recorder | None, second: Recorder | None) -> Recorder | None:
    """Return who keeps an execution where two may want to."""
    if first is None or second is None:
        return first or second
    return _Both(first, second)
