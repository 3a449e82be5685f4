"""The executions that this process has started: those under way, and the last that have ended."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from ratchet.errors import Conflict, NotFound
from ratchet.execution.calls import Admit, FindTask, admitted
from ratchet.execution.document import Execution
from ratchet.execution.folder_keeper import the_one
from ratchet.execution.keeper import Keeper, Wanted
from ratchet.execution.memory_recorder import MemoryRecorder
from ratchet.execution.recorded import Recording, load_recorded_task, parse_recording, read_recorded_files
from ratchet.execution.recording import files_of
from ratchet.execution.runner import Runner, ToRun
from ratchet.execution.running import Ended, Running, recording_of
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import AS_IT_IS, Recorder, Surroundings
from ratchet.task.model import Task
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

KEPT = 200


class Executions:
    """Starts executions in threads and keeps what became of them, the newest `KEPT`.

    What they saw of their surroundings is kept too, as far as there is room.

    Args:
        keeper: Who keeps them beyond that, and beyond this process; owned from now on.
        ended: Called with each execution that has ended, before anybody else hears of it.
        admit: Refuses tasks that may not run, those that a task calls too; without it, all may.
    """

    def __init__(
        self,
        runtime: Runtime,
        keeper: Keeper | None = None,
        ended: Sequence[Callable[[Execution], None]] = (),
        admit: Admit | None = None,
    ) -> None:
        self._runtime = runtime
        self._keeper = keeper
        self._admit = admit
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Running] = OrderedDict()
        self._shown: dict[str, Running] = {}
        self._recorder = MemoryRecorder()
        self._runner = Runner(runtime, keeper, self._recorder, ended)

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
        execution_id: str | None = None,
        recorder: Recorder | None = None,
        owner: str | None = None,
    ) -> Running:
        """Start an execution and return it at once.

        Args:
            timeout_seconds: A limit below the operator's.
            find_task, find_beside: See `run`.
            heard: Called with each progress report, from another thread.
            surroundings: Other than the world as it is, they are not recorded: whoever gives them has them.
            recorder: Who records it, beside who records all of them.
            execution_id: A new one, where somebody must know it before; see `new_execution_id`.
            owner: See `Running`.

        Raises:
            Unavailable: Too many are under way, or this is closed.
            RatchetError: The task may not run.
        """
        found = self._admitted(ToRun(task, find_task, find_beside))
        running = Running(value, heard, execution_id, owner)
        running.found(task, self._runtime.limits.lowered(timeout_seconds))
        self._runner.start(running, lambda: found, surroundings, recorder)
        self._show(running)
        return running

    def start_when_found(
        self,
        find: Callable[[], ToRun],
        value: Json,
        *,
        timeout_seconds: float | None = None,
        execution_id: str | None = None,
        recorder: Recorder | None = None,
    ) -> Running:
        """Start an execution of a task that is yet to be found, in the thread that runs it, and return it at once.

        Whatever is wrong with the task is what comes of the execution.

        Args:
            timeout_seconds, execution_id, recorder: See `start`.

        Raises:
            Unavailable: Too many are under way, or this is closed.
        """

        def find_and_show() -> ToRun:
            found = self._admitted(find())
            running.found(found.task, self._runtime.limits.lowered(timeout_seconds))
            self._show(running)
            return found

        running = Running(value, execution_id=execution_id)
        self._runner.start(running, find_and_show, AS_IT_IS, recorder)
        return running

    def _admitted(self, found: ToRun) -> ToRun:
        """Return a task that may run, which finds no others that may not."""
        if self._admit is None:
            return found
        self._admit(found.task.name)
        find_task, find_beside = found.find_task, found.find_beside
        return ToRun(
            found.task,
            find_task and admitted(find_task, self._admit),
            find_beside and _all_admitted(find_beside, self._admit),
        )

    def _show(self, running: Running) -> None:
        """Let an execution be found from now on."""
        with self._lock:
            self._known[running.id] = running
            self._forget()

    @contextmanager
    def showing(self, running: Running) -> Iterator[None]:
        """Let an execution be found here that somebody else runs, as long as the block lasts."""
        with self._lock:
            self._shown[running.id] = running
        try:
            yield
        finally:
            with self._lock:
                del self._shown[running.id]

    def find(self, identity: str) -> Running:
        """Return an execution by its id, or by what no other id begins with.

        Raises:
            NotFound: There is none, or it ended too long ago.
            Conflict: More than one begins so.
        """
        with self._lock:
            running = self._known.get(identity) or self._shown.get(identity)
            near = {} if running else {each.id: each for each in self._all() if each.id.startswith(identity)}
        return running or self._find_near(identity, near)

    def _find_near(self, identity: str, near: dict[str, Running]) -> Running:
        """Return the one whose id begins so.

        Args:
            near: Those of this process that do.
        """
        if self._keeper is not None:
            try:
                kept = self._keeper.find(identity)
            except NotFound:
                if not near:
                    raise
            else:
                near = {kept.id: Ended(kept), **near}
        if not near:
            hint = f"The last {KEPT} are kept"
            raise NotFound(f"There is no execution `{printable(identity)}`", hint=hint)
        return near[the_one(identity, list(near))]

    def owner_of(self, identity: str) -> str | None:
        """Return who has started an execution; None where nobody knows, as with those of other processes."""
        with self._lock:
            running = self._known.get(identity)
        return None if running is None else running.owner

    def recording(self, identity: str) -> Recording:
        """Return what an execution that has ended did and saw.

        Raises:
            NotFound, Conflict: As `recorded_files` does.
        """
        return parse_recording(self.recorded_files(identity), identity)

    def has_recording(self, identity: str) -> bool:
        """Tell whether what an execution saw is kept."""
        return self._recorder.find(identity) is not None

    def recorded_task(self, identity: str) -> Task:
        """Return the task of a recording, exactly as it ran.

        Raises:
            NotFound: There is no such execution, or its task was not recorded.
        """
        kept = self._recorder.find(identity)
        return kept.task if kept else load_recorded_task(recording_of(self.find(identity).look()))

    def recorded_files(self, identity: str) -> dict[str, bytes]:
        """Return the files of the recording of an execution that has ended.

        Raises:
            NotFound: There is no such execution, or what it saw is not kept.
            Conflict: It is still under way.
        """
        running = self.find(identity)
        kept = self._recorder.find(running.id)
        if kept is None:
            if running.future.done() and running.look().recording is not None:
                return read_recorded_files(recording_of(running.look()))
            if not running.future.done():
                stands = f"The execution `{running.id}` is {running.look().status}"
                raise Conflict(f"{stands}: what it sees is not whole yet", hint="Ask again once it has ended")
            hint = "Run it again, and record it before many others"
            raise NotFound(f"What the execution `{identity}` saw is not kept", hint=hint)
        return files_of(*kept)

    def all(self) -> list[Execution]:
        """Return every execution that was not refused, the newest first."""
        with self._lock:
            known = sorted(self._all(), key=lambda running: running.id, reverse=True)
        return [running.look() for running in known if not _was_refused(running)]

    def _all(self) -> Iterable[Running]:
        return itertools.chain(self._known.values(), self._shown.values())

    def newest(self, wanted: Wanted) -> list[Execution]:
        """Return the executions that are asked for, the newest first, those that are kept among them."""
        found = {execution.id: execution for execution in self.all() if wanted.fits(execution)}
        if self._keeper is not None:
            found = {**{execution.id: execution for execution in self._keeper.newest(wanted)}, **found}
        return [found[identity] for identity in sorted(found, reverse=True)[: wanted.limit]]

    @property
    def under_way(self) -> int:
        """How many have not ended."""
        return self._runner.under_way

    def drain(self, seconds: float) -> None:
        """Start no more, and wait until those under way have ended or the time is up."""
        self._runner.drain(seconds)

    def close(self) -> None:
        """Cancel what is under way and wait until it has ended."""
        self._runner.close()
        if self._keeper is not None:
            self._keeper.close()

    def _forget(self) -> None:
        """Drop the oldest that have ended."""
        surplus = max(0, len(self._known) - KEPT)
        ended = (identity for identity in self._known if not self._runner.has(identity))
        for identity in list(itertools.islice(ended, surplus)):
            del self._known[identity]
            self._recorder.forget(identity)


def _all_admitted(find_beside: Callable[[Task], FindTask], admit: Admit) -> Callable[[Task], FindTask]:
    return lambda task: admitted(find_beside(task), admit)


def _was_refused(running: Running) -> bool:
    return running.future.done() and (running.future.cancelled() or running.future.exception() is not None)
