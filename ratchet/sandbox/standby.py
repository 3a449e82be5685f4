"""Workers that stand ready, and how many of them should."""

from __future__ import annotations

import time
from collections.abc import Callable

from ratchet.sandbox.workers import Confinement, Worker


class Standby:
    """Ready workers, each of them confined already or not, and a count that follows the load.

    The count grows by one whenever somebody finds no worker that fits, and shrinks by as many as nobody has taken for
    a while. It knows nothing of processes and locks nothing; the pool does both.

    Args:
        least: The count when there is no load.
        most: The count beyond which no load takes it.
        idle_seconds: How long a worker must have been too many to be given up.
        clock: Tells seconds.
    """

    def __init__(
        self, *, least: int, most: int, idle_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._least = least
        self._most = max(least, most)
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._ready: list[tuple[Worker, Confinement | str]] = []
        self._untouched = 0
        self._since = clock()
        self.wanted = least

    def __len__(self) -> int:
        return len(self._ready)

    def add(self, worker: Worker, held: Confinement | str) -> None:
        """Take in a worker, confined already; or with only its engine named, which fits all who want that engine."""
        self._ready.append((worker, held))

    def take(self, confinement: Confinement) -> tuple[Worker, bool] | None:
        """Return a worker that fits and whether it is confined already; None where there is none."""
        for position, (worker, held) in enumerate(self._ready):
            if held in (confinement, confinement.engine):
                del self._ready[position]
                self._untouched = min(self._untouched, len(self._ready))
                return worker, held == confinement
        return None

    def grow(self) -> None:
        """Keep one more ready from now on."""
        self.wanted = min(self.wanted + 1, self._most)
        self._untouched, self._since = 0, self._clock()

    def shrink(self) -> None:
        """Want fewer, when some have not been needed for the whole of the idle time."""
        now = self._clock()
        if now - self._since >= self._idle_seconds:
            self.wanted = max(self._least, self.wanted - self._untouched)
            self._untouched, self._since = len(self._ready), now

    def seconds_to_look(self) -> float | None:
        """Return when to call `shrink` next; None while there is nothing to give up."""
        if self.wanted <= self._least:
            return None
        return max(0.0, self._since + self._idle_seconds - self._clock())

    def pop_beyond(self, count: int) -> list[Worker]:
        """Take out all but this many workers, those first that have waited longest."""
        surplus = max(0, len(self._ready) - max(0, count))
        taken, self._ready = self._ready[:surplus], self._ready[surplus:]
        return [worker for worker, _ in taken]
