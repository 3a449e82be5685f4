"""Which timer is next: the clock of the event loop, in the order that Node keeps."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable


class Timers:
    """Timers by identity; the callbacks stay in JavaScript.

    All timers that are due run first, the earliest before the later and equals in the order they were set. Then
    every immediate queued by then runs; one that an immediate queues waits for the next round.

    Args:
        clock: Tells the time in milliseconds; it never goes back.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, int]] = []
        self._orders: dict[int, int] = {}
        self._immediates: deque[tuple[int, int]] = deque()
        self._round: deque[tuple[int, int]] = deque()
        self._last_order = 0

    def __len__(self) -> int:
        return len(self._orders)

    def set(self, timer: int, milliseconds: float) -> None:
        """Set a timer, again for one that repeats; a delay below 0 makes it an immediate.

        Up to 1 ms counts as none: the shortest delay there is in Node is not worth a sleep.
        """
        self._last_order += 1
        self._orders[timer] = self._last_order
        if milliseconds < 0:
            self._immediates.append((self._last_order, timer))
        else:
            due = self._clock() + (milliseconds if milliseconds > 1 else 0.0)
            heapq.heappush(self._heap, (due, self._last_order, timer))

    def clear(self, timer: int) -> None:
        """Forget a timer, if there is one."""
        self._orders.pop(timer, None)

    def take(self, timer: int) -> bool:
        """Take a timer out of its turn; tell whether it was there."""
        return self._orders.pop(timer, None) is not None

    def next_due(self) -> float | None:
        """Return when the next timer is due, in milliseconds; None when no timer is left."""
        if not self._orders:
            return None
        self._drop_cleared()
        return self._clock() if self._round or self._immediates else self._heap[0][0]

    def seconds_to_next(self) -> float | None:
        """Return how long nothing is due, None when no timer is left."""
        due = self.next_due()
        return None if due is None else max(0.0, due - self._clock()) / 1000

    def take_due(self) -> int | None:
        """Return the timer to run now, None when none is due."""
        self._drop_cleared()
        if not self._round:
            if self._heap and self._heap[0][0] <= self._clock():
                timer = heapq.heappop(self._heap)[2]
                del self._orders[timer]
                return timer
            self._round, self._immediates = self._immediates, deque()
        while self._round:
            order, timer = self._round.popleft()
            if self._orders.get(timer) == order:
                del self._orders[timer]
                return timer
        return None

    def _drop_cleared(self) -> None:
        while self._heap and self._orders.get(self._heap[0][2]) != self._heap[0][1]:
            heapq.heappop(self._heap)
