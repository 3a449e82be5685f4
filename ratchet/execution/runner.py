"""Run executions in threads of their own, have them kept, and tell what has come of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import NamedTuple

from ratchet.errors import Cancelled, Unavailable
from ratchet.execution.calls import FindTask
from ratchet.execution.document import Execution
from ratchet.execution.keeper import Keeper, both
from ratchet.execution.run import run
from ratchet.execution.running import Running
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import AS_IT_IS, Recorder, Surroundings
from ratchet.execution.threads import Threads
from ratchet.task.model import Task

_MOST_UNDER_WAY = 256
_SPARE = 2
# So many executions for each worker.
_BUSY = 3


class ToRun(NamedTuple):
    """A task, and where those are that it calls; see `run`."""

    task: Task
    find_task: FindTask | None = None
    find_beside: Callable[[Task], FindTask] | None = None


class Runner:
    """Runs executions side by side, those that have waited a moment in threads of their own.

    All of them are so soon told what is wrong with their input, though they may wait long for a worker.

    Args:
        keeper: Who keeps them.
        recorder: Who records each of them, beside those of the keeper and of whoever asks for one.
        ended: Called with each that has ended, before anybody else hears of it.
    """

    def __init__(
        self,
        runtime: Runtime,
        keeper: Keeper | None,
        recorder: Recorder,
        ended: Sequence[Callable[[Execution], None]],
    ) -> None:
        self._runtime = runtime
        self._keeper = keeper
        self._recorder = recorder
        self._ended = ended
        self._lock = threading.Lock()
        self._under_way: dict[str, Running] = {}
        self._closed = False
        # One for each worker, and some for what is found and checked meanwhile.
        self._threads = Threads(runtime.pool.most + _SPARE, _MOST_UNDER_WAY, "execution")

    def start(
        self, running: Running, find: Callable[[], ToRun], surroundings: Surroundings, wanted: Recorder | None
    ) -> None:
        """Start an execution, of which `running` tells from then on.

        Args:
            find: Finds the task, and says so to `running`, if that has not been done.
            surroundings, wanted: See `Executions.start`.

        Raises:
            Unavailable: Too many are under way, or this is closed.
        """
        with self._lock:
            if self._closed:
                raise Unavailable("No more executions are started here", hint="Ask again in a moment")
            if len(self._under_way) >= _MOST_UNDER_WAY:
                raise Unavailable(f"{_MOST_UNDER_WAY} executions are under way", hint="Wait for some of them to end")
            self._under_way[running.id] = running
            self._threads.add(lambda: self._run(running, find, surroundings, wanted))

    def _run(
        self, running: Running, find: Callable[[], ToRun], surroundings: Surroundings, wanted: Recorder | None
    ) -> None:
        as_it_is = surroundings is AS_IT_IS
        try:
            recorder = self._all_recorders(wanted) if as_it_is else wanted
            execution = self._execute(running, find(), surroundings, recorder)
            running.let_go()
            if self._keeper is None or not as_it_is:
                self._end(running, execution)
                return
            # Where so many are under way, no worker will stand idle meanwhile.
            kept = self._keeper.end(execution, patient=self.under_way > _BUSY * self._runtime.pool.most)
        except BaseException as error:
            self._end(running, error)
        else:
            kept.add_done_callback(lambda kept: self._end(running, kept.exception() or execution))

    def _execute(
        self, running: Running, found: ToRun, surroundings: Surroundings, recorder: Recorder | None
    ) -> Execution:
        try:
            return run(
                self._runtime,
                found.task,
                running.value,
                limits=running.limits,
                listener=running,
                cancellation=running.cancellation,
                execution_id=running.id,
                find_task=found.find_task,
                find_beside=found.find_beside,
                surroundings=surroundings,
                recorder=recorder,
            )
        except Cancelled as error:
            # Nothing was wrong with it: it is an execution, though no worker came to see it.
            return running.stopped(error)

    def _all_recorders(self, wanted: Recorder | None) -> Recorder | None:
        kept = self._recorder if self._keeper is None else both(self._keeper.recorder, self._recorder)
        return both(wanted, kept)

    def _end(self, running: Running, outcome: Execution | BaseException) -> None:
        """Tell everybody what has come of an execution, or what was wrong with it."""
        try:
            if isinstance(outcome, Execution):
                for tell in self._ended:
                    tell(outcome)
        except Exception as error:
            outcome = error
        with self._lock:
            del self._under_way[running.id]
        if isinstance(outcome, Execution):
            running.future.set_result(outcome)
        else:
            running.future.set_exception(outcome)
        running.ended()

    def has(self, identity: str) -> bool:
        """Tell whether an execution has not ended."""
        return identity in self._under_way

    @property
    def under_way(self) -> int:
        """How many have not ended."""
        return len(self._under_way)

    def drain(self, seconds: float) -> None:
        """Start no more, and wait until those under way have ended or the time is up."""
        with self._lock:
            self._closed = True
            futures = [running.future for running in self._under_way.values()]
        wait(futures, seconds)

    def close(self) -> None:
        """Cancel what is under way, and wait until every thread has ended; what is handed over may not be kept yet."""
        with self._lock:
            self._closed = True
            under_way = list(self._under_way.values())
        for running in under_way:
            running.cancellation.cancel()
        self._threads.close()
