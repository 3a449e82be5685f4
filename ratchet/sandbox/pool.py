"""Lend workers: so many at a time, some of them warm in advance."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ratchet.errors import Cancelled, Unavailable
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.workers import Worker, WorkerSource

SOURCES = {"linux": ("zygote", "spawn"), "win32": ("piped",)}.get(sys.platform, ("spawn",))
"""Where workers come from on this system: the first is best for many executions, the last for a single one."""


ALONE = -1
"""The depth of work that calls nothing and is waited for by an execution at any depth."""


class Pool:
    """At most `maximum` workers at work; who comes later waits.

    Args:
        source: `zygote` (Linux) forks a warm process; `spawn` starts an interpreter for each worker, anywhere.
        minimum: Workers that stand ready beside those at work; only worth it for `spawn`.
        maximum: Executions at a time; what an execution calls, and what that calls, has as many places again.
    """

    def __init__(self, source: str | None = None, *, minimum: int = 0, maximum: int = 4) -> None:
        if not 0 <= minimum <= maximum or maximum < 1:
            raise ValueError("a pool needs 0 <= minimum <= maximum and a maximum of at least 1")
        self._kind = source or SOURCES[0]
        self._minimum = minimum
        self._maximum = maximum
        self._source: WorkerSource | None = None
        self._ready: list[Worker] = []
        self._lent: dict[Worker, int] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._keeper: threading.Thread | None = None

    def add(self, worker: Worker) -> None:
        """Take in a worker that somebody has started already."""
        with self._changed:
            self._ready.append(worker)

    @contextmanager
    def lend(self, cancellation: Cancellation, *, depth: int = 0) -> Iterator[Worker]:
        """Lend a worker for one execution, waiting for a free place first.

        Args:
            depth: How many executions above this one hold a place already and wait for it. Each depth has places of its
                own: nobody waits for a place that an execution above holds, and calls of calls cannot grow without end.

        Raises:
            Cancelled: Somebody cancelled while this waited.
            Unavailable: The pool is closed, or the system starts no more processes.
        """
        worker = self._take(cancellation, depth)
        try:
            yield worker
        finally:
            with self._changed:
                self._lent.pop(worker, None)
                self._changed.notify_all()

    def _take(self, cancellation: Cancellation, depth: int) -> Worker:
        with cancellation.on_cancel(self._wake), self._changed:
            self._changed.wait_for(lambda: self._closed or cancellation.cancelled or self._has_room(depth))
            if cancellation.cancelled:
                raise Cancelled("The execution was cancelled before it began")
            if self._closed:
                raise Unavailable("The workers are shut down")
            worker = self._ready.pop(0) if self._ready else self._start()
            self._lent[worker] = depth
            if self._minimum and self._keeper is None:
                self._keeper = threading.Thread(target=self._keep_ready, name="ratchet-workers", daemon=True)
                self._keeper.start()
            self._changed.notify_all()
            return worker

    def _start(self) -> Worker:
        try:
            return self._open_source().start()
        except OSError as error:
            hint = "Raise the limits on processes and open files, or lower `execution.workers.max`"
            raise Unavailable(f"A worker cannot be started: {error.strerror}", hint=hint) from None

    def _has_room(self, depth: int) -> bool:
        return sum(held == depth for held in self._lent.values()) < self._maximum

    def _open_source(self) -> WorkerSource:
        if self._source is None:
            self._source = open_source(self._kind)
        return self._source

    def _keep_ready(self) -> None:
        """Start workers in advance, from one thread that lives as long as the pool."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or len(self._ready) < self._minimum)
                if self._closed:
                    return
                source = self._open_source()
            try:
                worker = source.start()
            except OSError:
                return  # Whoever borrows next starts a worker of their own, and hears why that fails.
            with self._changed:
                self._ready.append(worker)
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """End every worker, those at work too."""
        with self._changed:
            self._closed = True
            ready, self._ready = self._ready, []
            working = list(self._lent)
            self._changed.notify_all()
        # Who has borrowed a worker sees its end and closes it.
        for worker in working:
            worker.kill()
        if self._keeper is not None:
            self._keeper.join()
        for worker in [*ready, *self._ready]:
            worker.close()
        if self._source is not None:
            self._source.close()


def open_source(kind: str) -> WorkerSource:
    """Return a source of workers by its name; each needs what others do not have to import."""
    if kind == "zygote":
        from ratchet.sandbox.forked import ZygoteSource

        return ZygoteSource()
    if kind == "spawn":
        from ratchet.sandbox.spawned import SpawnSource

        return SpawnSource()
    from ratchet.sandbox.piped import PipedSource

    return PipedSource()
