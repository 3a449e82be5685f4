"""Few threads for many jobs, and one more for each job that has waited a moment."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

_PATIENCE_SECONDS = 0.1
Job = Callable[[], None]


class Threads:
    """Does jobs in order, and each of them soon: those before it may take as long as they like.

    Threads that wait for each other's turn with the interpreter slow all of them down: so many at a time as there is
    something to do for are the fastest.

    Args:
        few: Threads that stay; they do short jobs alone.
        most: Threads at a time.
        name: What they are called.
        patience_seconds: How long a job waits for one of them before it is given one of its own.
    """

    def __init__(self, few: int, most: int, name: str, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._few = few
        self._most = most
        self._name = name
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._work_comes = threading.Condition(self._lock)
        self._help_is_due = threading.Condition(self._lock)
        self._waiting: deque[tuple[float, Job]] = deque()
        self._threads: set[threading.Thread] = set()
        self._helper: threading.Thread | None = None
        self._help_rests = False
        self._idle = 0
        self._closed = False

    def add(self, job: Job) -> None:
        """Do a job, which raises nothing, as soon as there is a thread."""
        with self._lock:
            self._waiting.append((time.monotonic() + self._patience_seconds, job))
            if self._idle >= len(self._waiting):
                self._work_comes.notify()
            elif len(self._threads) < self._few:
                self._start(None)
            elif self._helper is None:
                self._helper = threading.Thread(target=self._help, name=f"{self._name}-helper", daemon=True)
                self._helper.start()
            elif self._help_rests:
                self._help_is_due.notify()

    def close(self) -> None:
        """Wait until every job has been done."""
        with self._lock:
            self._closed = True
            self._work_comes.notify_all()
            self._help_is_due.notify()
            threads = [*self._threads, *filter(None, [self._helper])]
        for thread in threads:
            thread.join()

    def _start(self, job: Job | None) -> None:
        thread = threading.Thread(target=self._work, args=(job,), name=self._name, daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self, job: Job | None) -> None:
        if job is not None:
            job()
        while (job := self._next()) is not None:
            job()

    def _next(self) -> Job | None:
        """Return the job that has waited longest, when there is one; None for a thread that is one too many."""
        with self._lock:
            self._idle += 1
            while not (self._waiting or self._closed or len(self._threads) > self._few):
                self._work_comes.wait()
            self._idle -= 1
            if self._waiting:
                return self._waiting.popleft()[1]
            self._threads.discard(threading.current_thread())
            return None

    def _help(self) -> None:
        """Give a thread to each job that has waited too long, until the end."""
        with self._lock:
            while not self._closed:
                if not self._waiting:
                    self._help_rests = True
                    self._help_is_due.wait()
                    self._help_rests = False
                elif (seconds := self._waiting[0][0] - time.monotonic()) > 0:
                    self._help_is_due.wait(seconds)
                elif len(self._threads) < self._most:
                    self._start(self._waiting.popleft()[1])
                else:
                    self._help_is_due.wait(self._patience_seconds)
