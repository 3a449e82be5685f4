"""The executions that this process has started: those under way, and the last that have ended."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from ratchet.errors import NotFound, Refused
from ratchet.execution.calls import FindTask
from ratchet.execution.document import ConsoleLine, Execution, Status, TaskReference, new_execution_id
from ratchet.execution.memory_recorder import MemoryRecorder
from ratchet.execution.recorded import Recording, parse_recording
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
        task: As it runs, whatever becomes of its files.
        heard: Called with each progress report.
    """

    def __init__(self, task: Task, value: Json, limits: Limits, heard: Callable[[JsonObject], None] | None) -> None:
        reference = TaskReference(task.name, task.version, task.digest, task.location)
        self._begun = Execution(new_execution_id(), reference, "running", value, limits, time.time())
        self.task = task
        self._heard = heard
        self._lines: list[ConsoleLine] = []
        self._progress: JsonObject | None = None
        self.cancellation = Cancellation()
        self.future: Future[Execution]

    @property
    def id(self) -> str:
        """The id by which it is asked for."""
        return self._begun.id

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


class Executions:
    """Starts executions in threads and keeps what became of them, the newest `KEPT`.

    What they saw of their surroundings is kept too, as far as there is room.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
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
                run,
                self._runtime,
                task,
                value,
                limits=limits,
                listener=running,
                cancellation=running.cancellation,
                execution_id=running.id,
                find_task=find_task,
                find_beside=find_beside,
                surroundings=surroundings,
                recorder=self._recorder if surroundings is AS_IT_IS else None,
            )
            self._known[running.id] = running
            self._forget()
        return running

    def find(self, identity: str) -> Running:
        """Return an execution by its id.

        Raises:
            NotFound: There is none, or it ended too long ago.
        """
        with self._lock:
            running = self._known.get(identity)
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

    def recorded_files(self, identity: str) -> dict[str, bytes]:
        """Return the files of the recording of an execution that has ended.

        Raises:
            NotFound: There is no such execution, or what it saw is not kept.
            Refused: It is still under way.
        """
        running = self.find(identity)
        kept = self._recorder.find(identity)
        if kept is None:
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

    def close(self) -> None:
        """Cancel what is under way and wait until it has ended."""
        with self._lock:
            for running in self._known.values():
                running.cancellation.cancel()
        self._threads.shutdown(cancel_futures=True)

    def _forget(self) -> None:
        """Drop the oldest that have ended."""
        surplus = len(self._known) - KEPT
        ended = [identity for identity, running in self._known.items() if running.future.done()]
        for identity in ended[: max(0, surplus)]:
            del self._known[identity]
            self._recorder.forget(identity)


def _was_refused(running: Running) -> bool:
    return running.future.done() and (running.future.cancelled() or running.future.exception() is not None)
