"""Work that an execution asked for and that goes on beside it: so much at a time, the rest in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class InFlight:
    """Does jobs in threads, which stay until it is closed: to start one takes as long as a quick request.

    Args:
        most: Jobs at a time.
        name: What the threads are called.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._changed = threading.Condition()
        self._waiting: deque[Callable[[], None]] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def add(self, job: Callable[[], None]) -> None:
        """Do a job as soon as there is room."""
        with self._changed:
            self._waiting.append(job)
            if self._idle >= len(self._waiting):
                self._changed.notify()
            elif len(self._threads) < self._most:
                self._threads.append(threading.Thread(target=self._work, name=self._name, daemon=True))
                self._threads[-1].start()

    def close(self) -> None:
        """Forget the jobs that wait, and wait until those at work have ended."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job()

    def _next(self) -> Callable[[], None] | None:
        """Return the next job when there is one; None at the end."""
        with self._changed:
            self._idle += 1
            while not self._waiting and not self._closed:
                self._changed.wait()
            self._idle -= 1
            return self._waiting.popleft() if self._waiting else None
