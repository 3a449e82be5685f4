"""One execution: under way, or what it has come to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from ratchet.errors import Cancelled, NotFound, RatchetError
from ratchet.execution.document import ConsoleLine, Execution, ExecutionError, TaskReference, new_execution_id
from ratchet.execution.events import Events
from ratchet.execution.recorded import load_recorded_task
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.model import Limits, Task
from ratchet.values import Json, JsonObject, Problem

_MOST_BYTES_OF_TASK = 1024 * 1024
"""Kept with each execution that has ended."""


class Running:
    """One execution: under way, or what it has come to.

    Until its task has been found it has nothing to show, and only who has started it may know of it.

    Args:
        heard: Called with each progress report.
        execution_id: None for a new one.
        owner: Who has started it, in words of whoever asks for that; None where nobody knows.
    """

    owner: str | None = None
    _begun: Execution
    _task: Task

    def __init__(
        self,
        value: Json,
        heard: Callable[[JsonObject], None] | None = None,
        execution_id: str | None = None,
        owner: str | None = None,
    ) -> None:
        self.id = execution_id or new_execution_id()
        self._value = value
        self._created_at = time.time()
        self._heard = heard
        self.owner = owner
        self._lines: list[ConsoleLine] = []
        self._progress: JsonObject | None = None
        self._is_found = False
        self.events = Events()
        self.cancellation = Cancellation()
        self.future: Future[Execution] = Future()

    def found(self, task: Task, limits: Limits) -> None:
        """Note which task it is of, before anything else is noted."""
        reference = TaskReference(task.name, task.version, task.digest, task.location)
        self._begun = Execution(self.id, reference, "pending", self._value, limits, self._created_at)
        self._task = task
        self._is_found = True

    @property
    def is_found(self) -> bool:
        """Whether it is known which task it is of."""
        return self._is_found

    @property
    def value(self) -> Json:
        """The input as it was given."""
        return self._value

    @property
    def limits(self) -> Limits:
        """What the operator and who has started it allow."""
        return self._begun.limits

    @property
    def reference(self) -> TaskReference:
        """Which task it is of."""
        return self._begun.task

    @property
    def task(self) -> Task:
        """The task as it runs, whatever becomes of its files; once it has ended, of a large one not all of them."""
        return self._task

    def let_go(self) -> None:
        """Keep of the task what an explanation of a failure shows."""
        self._task = _light(self._task)

    def accepted(self) -> None:
        """Note that nothing is wrong with the input."""
        self.events.add("queued", {"status": "pending"})

    def started(self) -> None:
        """Note that a worker has begun."""
        self._begun = self._begun._replace(status="running", started_at=time.time())
        self.events.add("started", {"status": "running"})

    def warning(self, problem: Problem) -> None:
        """Drop what is odd about the input: the execution says how it went."""

    def console(self, line: ConsoleLine) -> None:
        """Keep a line for who asks before the end."""
        self._lines.append(line)
        self.events.add("log", line._asdict())

    def progress(self, report: JsonObject) -> None:
        """Keep the last report and pass it on."""
        self._progress = report
        self.events.add("progress", report)
        if self._heard is not None:
            self._heard(report)

    def ended(self) -> None:
        """Tell how it ended to those who follow it."""
        if not self._is_found:
            # Who has started it is woken, and finds the reason in the future.
            self.events.add("finished", {})
            return
        try:
            execution = self.look()
        except RatchetError as error:
            execution = self.stopped(error)
        self.events.add("finished", execution.to_json())

    def stopped(self, error: RatchetError) -> Execution:
        """Return the execution as one that an error has ended before a worker began."""
        details = [{"pointer": problem.pointer, "message": problem.message} for problem in error.problems]
        why = ExecutionError(error.code, error.message, place=error.place, hint=error.hint, details=details or None)
        return self._begun._replace(
            status="cancelled" if isinstance(error, Cancelled) else "failed", error=why, finished_at=time.time()
        )

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
        if self.future.cancelled():
            raise Cancelled("The execution was cancelled before it began")
        if self.future.done():
            return self.future.result()
        return self._begun._replace(console=tuple(self._lines), progress=self._progress)


class Ended(Running):
    """An execution that ended in another process, or long ago, and was kept."""

    def __init__(self, execution: Execution) -> None:
        self.id = execution.id
        self._begun = execution
        self._is_found = True
        self.events = Events()
        self.cancellation = Cancellation()
        self.future = Future()
        self.future.set_result(execution)
        self.ended()

    @property
    def task(self) -> Task:
        """The task as it was recorded.

        Raises:
            NotFound: It was not.
        """
        return load_recorded_task(recording_of(self._begun))


def _light(task: Task) -> Task:
    """Return a task without the files beyond the first megabyte, its entry point the first."""
    left = _MOST_BYTES_OF_TASK
    files = {}
    for path in sorted(task.files, key=lambda path: (path != task.entrypoint, len(task.files[path]))):
        left -= len(task.files[path])
        if left < 0:
            break
        files[path] = task.files[path]
    return task if len(files) == len(task.files) else task._replace(files=files)


def recording_of(execution: Execution) -> str:
    """Return where what an execution saw is kept.

    Raises:
        NotFound: Nowhere.
    """
    if execution.recording is None:
        raise NotFound(f"What the execution `{execution.id}` saw is not kept", hint="Run it again")
    return execution.recording
