"""The jobs that this process runs at a time; whoever waits for a place is let in by rank."""

from __future__ import annotations

import heapq
import itertools
import threading


class Slots:
    """So many places; closing it sends away whoever waits.

    Args:
        count: How many there are.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._taken = 0
        self._closed = False
        self._changed = threading.Condition()
        self._line: list[tuple[int, int]] = []
        self._numbers = itertools.count()

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self._taken

    def try_take(self) -> bool:
        """Take a place if one is free that nobody waits for."""
        with self._changed:
            if self._closed or self._line or self._taken >= self.count:
                return False
            self._taken += 1
            return True

    def take(self, rank: int) -> bool:
        """Wait for a place and take it; tell whether there was one before it was closed."""
        with self._changed:
            mine = (rank, next(self._numbers))
            heapq.heappush(self._line, mine)
            self._changed.wait_for(lambda: self._closed or (self._taken < self.count and self._line[0] == mine))
            if self._closed:
                return False
            heapq.heappop(self._line)
            self._taken += 1
            self._changed.notify_all()
            return True

    def give_back(self) -> None:
        """Free a place."""
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let nobody in any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
