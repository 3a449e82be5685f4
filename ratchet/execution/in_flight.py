"""Work that an execution asked for and that goes on beside it: so much at a time, the rest in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class InFlight:
    """Does jobs in threads.

    Args:
        most: Jobs at a time.
        name: What the threads are called.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._threads: list[threading.Thread] = []
        self._at_work = 0

    def add(self, job: Callable[[], None]) -> None:
        """Do a job as soon as there is room."""
        with self._lock:
            self._waiting.append(job)
            if self._at_work < self._most:
                self._at_work += 1
                self._threads.append(threading.Thread(target=self._work, name=self._name, daemon=True))
                self._threads[-1].start()

    def close(self) -> None:
        """Forget the jobs that wait, and wait until those at work have ended."""
        with self._lock:
            self._waiting.clear()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        """Do the jobs that wait, until none does."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._at_work -= 1
                    return
                job = self._waiting.popleft()
            job()
