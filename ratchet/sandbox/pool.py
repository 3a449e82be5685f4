"""Lend workers: so many at a time, and as many ready ahead as the load asks for."""

from __future__ import annotations

import sys
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from ratchet.engine import ENGINES
from ratchet.errors import Cancelled, Unavailable
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.processors import default_workers
from ratchet.sandbox.standby import Standby
from ratchet.sandbox.workers import Confinement, Worker, WorkerSource, confine_worker
from ratchet.task.model import Limits

SOURCES = {"linux": ("zygote", "spawn"), "win32": ("piped",)}.get(sys.platform, ("spawn",))
"""Where workers come from on this system: the first is best for many executions, the last for a single one."""


ALONE = -1
"""The depth of work that calls nothing and is waited for by an execution at any depth."""

_IDLE_SECONDS = 10.0


class Pool:
    """At most `maximum` workers, at work or ready; who comes later waits.

    Each execution uses up a worker. Who finds none ready starts one and makes the pool keep one more ready, in the
    places that nobody uses; those that nobody has needed for a while are given up again.

    Args:
        source: `zygote` (Linux) forks a warm process; `spawn` starts an interpreter for each worker, anywhere.
        engine: What the workers host unless a borrower asks for another.
        minimum: Workers that stand ready when there is no load.
        maximum: None for what suits this machine. What an execution calls, and what that calls, has as many places
            again.
        idle_seconds: How long a ready worker must have been too many to be given up.
    """

    def __init__(
        self,
        source: str | None = None,
        *,
        engine: str = ENGINES[0],
        minimum: int = 0,
        maximum: int | None = None,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        maximum = max(minimum, default_workers()) if maximum is None else maximum
        if not 0 <= minimum <= maximum or maximum < 1:
            raise ValueError("a pool needs 0 <= minimum <= maximum and a maximum of at least 1")
        self._kind = source or SOURCES[0]
        self._maximum = maximum
        self.engine = engine
        self._sources: dict[str, WorkerSource] = {}
        # Load keeps none ready in the place of the worker that makes the load.
        self._standby = Standby(least=minimum, most=maximum - 1, idle_seconds=idle_seconds)
        self._lent: dict[Worker, int] = {}
        self._keeper_is_busy = False
        self._keeper_waits = False
        self._last: Confinement | None = None
        self._lock = threading.RLock()
        self._lines: defaultdict[int, deque[threading.Condition]] = defaultdict(deque)
        self._keeper_wakes = threading.Condition(self._lock)
        self._closed = False
        self._keeper: threading.Thread | None = None

    def add(self, worker: Worker, engine: str | None = None) -> None:
        """Take in a worker that somebody has started already, with the engine of this pool or another."""
        with self._lock:
            self._standby.add(worker, engine or self.engine)

    @property
    def waiting(self) -> int:
        """How many executions wait for a place."""
        with self._lock:
            return sum(len(line) for line in self._lines.values())

    @property
    def most(self) -> int:
        """How many workers there are at a time."""
        return self._maximum

    @property
    def busy(self) -> int:
        """How many workers are at work."""
        with self._lock:
            return len(self._lent)

    @property
    def ready(self) -> int:
        """How many workers stand ready."""
        with self._lock:
            return len(self._standby)

    @contextmanager
    def lend(
        self, cancellation: Cancellation, limits: Limits, *, depth: int = 0, engine: str | None = None
    ) -> Iterator[Worker]:
        """Lend a worker for one execution, waiting for a free place first; it is confined, or about to be.

        Args:
            limits: What it must confine itself to.
            depth: How many executions above this one hold a place already and wait for it. Each depth has places of its
                own: nobody waits for a place that an execution above holds, and calls of calls cannot grow without end.
            engine: What the worker must host; None for the engine of this pool.

        Raises:
            Cancelled: Somebody cancelled while this waited.
            Unavailable: The pool is closed, or the system starts no more processes.
            MissingExtra: The engine is not installed.
        """
        worker = self._take(cancellation, Confinement.of(limits, engine or self.engine), depth)
        try:
            yield worker
        finally:
            with self._lock:
                self._lent.pop(worker, None)
                self._tell()

    def _take(self, cancellation: Cancellation, confinement: Confinement, depth: int) -> Worker:
        with self._in_line(depth, cancellation):
            if cancellation.cancelled:
                raise Cancelled("The execution was cancelled before it began")
            if self._closed:
                raise Unavailable("The workers are shut down")
            worker = self._take_ready(confinement) or self._start(confinement)
            self._lent[worker] = depth
            self._last = confinement
            return worker

    @contextmanager
    def _in_line(self, depth: int, cancellation: Cancellation) -> Iterator[None]:
        """Wait for a place, first come, first served, and hold the lock while it is taken."""
        mine = threading.Condition(self._lock)

        def wake() -> None:
            with self._lock:
                mine.notify()

        line = self._lines[depth]
        with cancellation.on_cancel(wake), self._lock:
            line.append(mine)
            try:
                mine.wait_for(
                    lambda: self._closed or cancellation.cancelled or (line[0] is mine and self._has_room(depth))
                )
                yield
            finally:
                line.remove(mine)
                self._tell()

    def _tell(self) -> None:
        """Have those look again for whom something may have changed: the keeper, and who is first in a line."""
        if self._keeper is None and not self._closed and self._lacks():
            # Workers die with the thread that started them: this one lives as long as the pool.
            self._keeper = threading.Thread(target=self._keep, name="ratchet-workers", daemon=True)
            self._keeper.start()
        if self._keeper_waits and (self._lacks() or len(self._standby) > self._places_ahead()):
            self._keeper_wakes.notify()
        for depth, line in self._lines.items():
            if line and self._has_room(depth):
                line[0].notify()

    def _has_room(self, depth: int) -> bool:
        # A worker that is on its way is waited for: it is nearer than one that would be started in its place.
        free = sum(held == depth for held in self._lent.values()) < self._maximum
        return free and (len(self._standby) > 0 or not self._keeper_is_busy)

    def _take_ready(self, confinement: Confinement) -> Worker | None:
        while (found := self._standby.take(confinement)) is not None:
            worker, confined = found
            if worker.is_alive():
                if not confined:
                    confine_worker(worker, confinement)
                return worker
            worker.close()
        return None

    def _start(self, confinement: Confinement) -> Worker:
        # The first execution is no sign that there will be more.
        if self._last is not None:
            self._standby.grow()
        # Those that stand ready for others make room, or else what is asked for now would never stand ready.
        for worker in self._standby.pop_beyond(self._places_ahead() - 1):
            worker.close()
        try:
            worker = self._open_source(confinement.engine).start()
        except OSError as error:
            hint = "Raise the limits on processes and open files, or lower `execution.workers.max`"
            raise Unavailable(f"A worker cannot be started: {error.strerror}", hint=hint) from None
        confine_worker(worker, confinement)
        return worker

    def _open_source(self, engine: str) -> WorkerSource:
        source = self._sources.get(engine)
        if source is None:
            source = self._sources[engine] = open_source(self._kind, engine)
        return source

    def _places_ahead(self) -> int:
        """Return how many workers may stand ready now."""
        return max(0, min(self._standby.wanted, self._maximum - len(self._lent)))

    def _lacks(self) -> bool:
        return len(self._standby) < self._places_ahead()

    def _has_too_many(self) -> bool:
        self._standby.shrink()
        return len(self._standby) > self._places_ahead()

    def _keep(self) -> None:
        """Start workers in advance and end those that are too many, from one thread that lives as long as the pool."""
        while True:
            with self._lock:
                while not (self._closed or self._lacks() or self._has_too_many()):
                    self._keeper_waits = True
                    self._keeper_wakes.wait(self._standby.seconds_to_look())
                    self._keeper_waits = False
                if self._closed:
                    return
                surplus = self._standby.pop_beyond(self._places_ahead())
                confinement = self._last
                source = None if confinement is None else self._open_source(confinement.engine)
                self._keeper_is_busy = True
            for worker in surplus:
                worker.close()
            ready = None
            if not surplus and source is not None and confinement is not None:
                ready = _start_ahead(source, confinement)
            with self._lock:
                self._keeper_is_busy = False
                if ready is not None and confinement is not None:
                    self._standby.add(ready, confinement)
                self._tell()
                if ready is None and not surplus:
                    # Whoever borrows next starts a worker of their own, and hears why that fails.
                    self._keeper = None
                    return

    def close(self) -> None:
        """End every worker, those at work too."""
        with self._lock:
            self._closed = True
            keeper = self._keeper
            working = list(self._lent)
            self._keeper_wakes.notify()
            for waiting in (condition for line in self._lines.values() for condition in line):
                waiting.notify()
        # Who has borrowed a worker sees its end and closes it.
        for worker in working:
            worker.kill()
        if keeper is not None:
            keeper.join()
        for worker in self._standby.pop_beyond(0):
            worker.close()
        for source in self._sources.values():
            source.close()


def _start_ahead(source: WorkerSource, confinement: Confinement) -> Worker | None:
    try:
        worker = source.start()
    except OSError:
        return None
    confine_worker(worker, confinement)
    return worker


def open_source(kind: str, engine: str) -> WorkerSource:
    """Return a source of workers by its name; each needs what others do not have to import.

    Raises:
        MissingExtra: The engine is not installed.
    """
    if engine != ENGINES[0]:
        from ratchet.engine.installed import check_installed

        check_installed(engine)
    if kind == "zygote":
        from ratchet.sandbox.forked import ZygoteSource

        return ZygoteSource(engine)
    if kind == "spawn":
        from ratchet.sandbox.spawned import SpawnSource

        return SpawnSource(engine)
    from ratchet.sandbox.piped import PipedSource

    return PipedSource(engine)
