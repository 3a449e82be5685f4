"""The executions that this process has started: those under way, and the last that have ended."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ratchet.errors import NotFound, Refused
from ratchet.execution.calls import FindTask
from ratchet.execution.document import ConsoleLine, Execution, Status, TaskReference, new_execution_id
from ratchet.execution.keeper import Keeper, Wanted, both
from ratchet.execution.memory_recorder import MemoryRecorder
from ratchet.execution.recorded import Recording, load_recorded_task, parse_recording, read_recorded_files
from ratchet.execution.recording import files_of
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import AS_IT_IS, Surroundings
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.model import Limits, Task
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject, Problem

KEPT = 200
MOST_AT_A_TIME = 64
_MOST_WAITING = 1000


class Running:
    """One execution: under way, or what it has come to.

    Args:
        heard: Called with each progress report.
    """

    def __init__(self, task: Task, value: Json, limits: Limits, heard: Callable[[JsonObject], None] | None) -> None:
        reference = TaskReference(task.name, task.version, task.digest, task.location)
        self._begun = Execution(new_execution_id(), reference, "running", value, limits, time.time())
        self._task = task
        self._heard = heard
        self._lines: list[ConsoleLine] = []
        self._progress: JsonObject | None = None
        self.cancellation = Cancellation()
        self.future: Future[Execution]

    @property
    def id(self) -> str:
        """The id by which it is asked for."""
        return self._begun.id

    @property
    def task(self) -> Task:
        """The task as it runs, whatever becomes of its files."""
        return self._task

    def warning(self, problem: Problem) -> None:
        """Drop what is odd about the input: the execution says how it went."""

    def console(self, line: ConsoleLine) -> None:
        """Keep a line for who asks before the end."""
        self._lines.append(line)

    def progress(self, report: JsonObject) -> None:
        """Keep the last report and pass it on."""
        self._progress = report
        if self._heard is not None:
            self._heard(report)

    def wait(self, seconds: float, cancellation: Cancellation | None = None) -> bool:
        """Wait until it has ended, the time is up, or somebody else cancels; tell whether it has ended."""
        woken = threading.Event()
        self.future.add_done_callback(lambda _: woken.set())
        with (cancellation or Cancellation()).on_cancel(woken.set):
            woken.wait(seconds)
        return self.future.done()

    def look(self) -> Execution:
        """Return the execution as it is now.

        Raises:
            RatchetError: It was refused, before anything ran.
        """
        if self.future.done():
            return self.future.result()
        status: Status = "running" if self.future.running() else "pending"
        return self._begun._replace(status=status, console=tuple(self._lines), progress=self._progress)


class Ended(Running):
    """An execution that ended in another process, or long ago, and was kept."""

    def __init__(self, execution: Execution) -> None:
        self._begun = execution
        self.cancellation = Cancellation()
        self.future = Future()
        self.future.set_result(execution)

    @property
    def task(self) -> Task:
        """The task as it was recorded.

        Raises:
            NotFound: It was not.
        """
        return load_recorded_task(_recording_of(self._begun))


class Executions:
    """Starts executions in threads and keeps what became of them, the newest `KEPT`.

    What they saw of their surroundings is kept too, as far as there is room.

    Args:
        keeper: Who keeps them beyond that, and beyond this process; owned from now on.
    """

    def __init__(self, runtime: Runtime, keeper: Keeper | None = None) -> None:
        self._runtime = runtime
        self._keeper = keeper
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Running] = OrderedDict()
        self._recorder = MemoryRecorder()
        self._threads = ThreadPoolExecutor(MOST_AT_A_TIME, thread_name_prefix="execution")

    def start(
        self,
        task: Task,
        value: Json,
        *,
        timeout_seconds: float | None = None,
        find_task: FindTask | None = None,
        find_beside: Callable[[Task], FindTask] | None = None,
        heard: Callable[[JsonObject], None] | None = None,
        surroundings: Surroundings = AS_IT_IS,
    ) -> Running:
        """Start an execution and return it at once.

        Args:
            timeout_seconds: A limit below the operator's.
            find_task, find_beside: See `run`.
            heard: Called with each progress report, from another thread.
            surroundings: Other than the world as it is, they are not recorded: whoever gives them has them.

        Raises:
            Refused: Too many wait already.
        """
        limits = self._runtime.limits.lowered(timeout_seconds)
        running = Running(task, value, limits, heard)
        with self._lock:
            if sum(not known.future.done() for known in self._known.values()) >= _MOST_WAITING:
                raise Refused(f"{_MOST_WAITING} executions are under way", hint="Wait for some of them to end")
            running.future = self._threads.submit(
                self._run,
                running,
                value,
                limits=limits,
                find_task=find_task,
                find_beside=find_beside,
                surroundings=surroundings,
            )
            self._known[running.id] = running
            self._forget()
        return running

    def _run(self, running: Running, value: Json, *, surroundings: Surroundings, **options: Any) -> Execution:
        keeper = self._keeper if surroundings is AS_IT_IS else None
        recorder = self._recorder if surroundings is AS_IT_IS else None
        execution = run(
            self._runtime,
            running.task,
            value,
            listener=running,
            cancellation=running.cancellation,
            execution_id=running.id,
            surroundings=surroundings,
            recorder=both(keeper.recorder, recorder) if keeper else recorder,
            **options,
        )
        if keeper is not None:
            keeper.end(execution)
        return execution

    def find(self, identity: str) -> Running:
        """Return an execution by its id.

        Raises:
            NotFound: There is none, or it ended too long ago.
        """
        with self._lock:
            running = self._known.get(identity)
        if running is None and self._keeper is not None:
            return Ended(self._keeper.find(identity))
        if running is None:
            hint = f"The last {KEPT} are kept"
            raise NotFound(f"There is no execution `{printable(identity)}`", hint=hint)
        return running

    def recording(self, identity: str) -> Recording:
        """Return what an execution that has ended did and saw.

        Raises:
            NotFound, Refused: As `recorded_files` does.
        """
        return parse_recording(self.recorded_files(identity), identity)

    def has_recording(self, identity: str) -> bool:
        """Tell whether what an execution saw is kept."""
        return self._recorder.find(identity) is not None

    def recorded_files(self, identity: str) -> dict[str, bytes]:
        """Return the files of the recording of an execution that has ended.

        Raises:
            NotFound: There is no such execution, or what it saw is not kept.
            Refused: It is still under way.
        """
        running = self.find(identity)
        kept = self._recorder.find(identity)
        if kept is None:
            if running.future.done() and running.look().recording is not None:
                return read_recorded_files(_recording_of(running.look()))
            if not running.future.done():
                raise Refused(f"The execution `{identity}` is {running.look().status}", hint="Wait for its end")
            hint = "Run it again, and record it before many others"
            raise NotFound(f"What the execution `{identity}` saw is not kept", hint=hint)
        return files_of(*kept)

    def all(self) -> list[Execution]:
        """Return every execution that was not refused, the newest first."""
        with self._lock:
            known = list(reversed(self._known.values()))
        return [running.look() for running in known if not _was_refused(running)]

    def newest(self, wanted: Wanted) -> list[Execution]:
        """Return the executions that are asked for, the newest first, those that are kept among them."""
        found = {execution.id: execution for execution in self.all() if wanted.fits(execution)}
        if self._keeper is not None:
            found = {**{execution.id: execution for execution in self._keeper.newest(wanted)}, **found}
        return [found[identity] for identity in sorted(found, reverse=True)[: wanted.limit]]

    def close(self) -> None:
        """Cancel what is under way and wait until it has ended."""
        with self._lock:
            for running in self._known.values():
                running.cancellation.cancel()
        self._threads.shutdown(cancel_futures=True)
        if self._keeper is not None:
            self._keeper.close()

    def _forget(self) -> None:
        """Drop the oldest that have ended."""
        surplus = len(self._known) - KEPT
        ended = [identity for identity, running in self._known.items() if running.future.done()]
        for identity in ended[: max(0, surplus)]:
            del self._known[identity]
            self._recorder.forget(identity)


def _was_refused(running: Running) -> bool:
    return running.future.done() and (running.future.cancelled() or running.future.exception() is not None)


def _recording_of(execution: Execution) -> str:
    if execution.recording is None:
        raise NotFound(f"What the execution `{execution.id}` saw is not kept", hint="Run it again")
    return execution.recording
