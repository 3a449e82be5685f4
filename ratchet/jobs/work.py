"""What a node does with a ticket: take the job, run its task, and say what has come of it."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.orm import Session

from ratchet.errors import RatchetError, Unavailable
from ratchet.execution.calls import FindTask
from ratchet.execution.document import Execution, new_execution_id
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import Recorder, Surroundings
from ratchet.jobs.attempt import Attempt, Show
from ratchet.jobs.backoff import by_chance, delay_before
from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.finding import FindSource
from ratchet.jobs.handing_back import NotHere, hand_back, task_of
from ratchet.jobs.life import close_attempt, end, find_taken, issue, put_back, take
from ratchet.jobs.line import Line
from ratchet.jobs.result import Result, result_of, result_of_refusal
from ratchet.jobs.room import write_with_room
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.slots import Slots
from ratchet.sandbox.cancellation import Cancellation
from ratchet.store.executions import save_execution
from ratchet.store.job_models import JobRow
from ratchet.store.store import Store

log = logging.getLogger(__name__)
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class AtWork(NamedTuple):
    """A job that this process works on.

    Args:
        cancellation: Stops it.
    """

    ticket: Ticket
    cancellation: Cancellation


class _Ended(NamedTuple):
    """A job whose attempt has ended, and the ticket for the next one."""

    job: JobRow
    again: Ticket | None


class Recorders(NamedTuple):
    """Who keeps executions so that they can be replayed.

    Args:
        of_all: None where not all are kept.
        on_request: For jobs that ask for it, where not all are kept.
    """

    of_all: Recorder | None = None
    on_request: Recorder | None = None


NOBODY = Recorders()


class Work:
    """The jobs that this process works on.

    Args:
        node_id: What this process is called.
        find: Where tasks are found.
        recorders: Who keeps executions so that they can be replayed.
        show: Lets those under way be looked at.
    """

    def __init__(
        self,
        store: Store,
        line: Line,
        settings: JobSettings,
        slots: Slots,
        runtime: Runtime,
        find: FindSource,
        node_id: str,
        recorders: Recorders,
        show: Show,
    ) -> None:
        self._store = store
        self._line = line
        self._settings = settings
        self._slots = slots
        self._runtime = runtime
        self._find = find
        self._node_id = node_id
        self._recorders = recorders
        self._show = show
        self._lock = threading.Lock()
        self._at_work: dict[str, AtWork] = {}
        self._stopped = threading.Event()
        self.completed = self.ended = 0

    def at_work(self) -> list[AtWork]:
        """Return what this process works on now."""
        with self._lock:
            return list(self._at_work.values())

    def cancel(self, job_id: str) -> None:
        """Stop the execution of a job, if it is one of this process."""
        for each in self.at_work():
            if each.ticket.job_id == job_id:
                each.cancellation.cancel()

    def stop(self) -> None:
        """Put back what this process still works on."""
        self._stopped.set()
        for each in self.at_work():
            each.cancellation.cancel()

    def run(self, ticket: Ticket) -> None:
        """Use up a ticket; see `Dispatcher`."""
        if not self._line.has_place(ticket) and not self._slots.take(ticket.rank):
            self._return(ticket)
            return
        try:
            self._attempt(ticket)
        finally:
            self._slots.give_back()
            self._line.use_up(ticket.name)

    def _attempt(self, ticket: Ticket) -> None:
        execution_id = new_execution_id()
        with self._working(ticket) as cancellation:
            # Lost, it is taken again.
            job = self._store.write(lambda session: take(session, ticket, self._node_id, execution_id), losable=True)
            if job is None:
                return
            try:
                task, find_task = task_of(job, self._find)
            except NotHere as reason:
                self._persist(functools.partial(self._refuse, ticket, str(reason)))
                return
            except RatchetError as error:
                self._persist(functools.partial(self._end, job, None, result_of_refusal(error)))
                return
            attempt = Attempt(job, task, self._runtime.limits, execution_id)
            with attempt.shown(self._show, cancellation):
                execution, result = self._execute(job, attempt, find_task, cancellation)
                result = result._replace(given_up=attempt.is_given_up)
                self._persist(functools.partial(self._end, job, execution, result))

    @contextmanager
    def _working(self, ticket: Ticket) -> Iterator[Cancellation]:
        cancellation = Cancellation()
        with self._lock:
            self._at_work[ticket.name] = AtWork(ticket, cancellation)
        if self._stopped.is_set():
            cancellation.cancel()
        try:
            yield cancellation
        finally:
            with self._lock:
                del self._at_work[ticket.name]

    def _execute(
        self, job: JobRow, attempt: Attempt, find_task: FindTask, cancellation: Cancellation
    ) -> tuple[Execution | None, Result]:
        try:
            execution = run(
                self._runtime,
                attempt.task,
                job.input,
                listener=attempt,
                cancellation=cancellation,
                execution_id=attempt.id,
                find_task=find_task,
                surroundings=Surroundings(context={"jobId": job.id, "attempt": job.attempts}),
                recorder=self._recorders.of_all or (self._recorders.on_request if job.record else None),
            )
        except RatchetError as error:
            attempt.future.set_exception(error)
            return None, result_of_refusal(error)
        execution = execution._replace(attempt=job.attempts, job_id=job.id, schedule_id=job.schedule_id)
        attempt.future.set_result(execution)
        return execution, result_of(execution)

    def _end(self, taken: JobRow, execution: Execution | None, result: Result) -> None:
        """Keep what has come of a job, unless it has been taken away meanwhile, and go on with what follows from it."""
        write = functools.partial(self._keep_end, taken, execution, result)
        # Lost with the power before the node's next beat, it is run again.
        ended = write_with_room(self._store, taken, self._settings, write, losable=True)
        with self._lock:
            self.ended += 1
            self.completed += ended is not None and ended.job.status == "completed"
        if ended is None:
            return
        self._line.send([ended.again] if ended.again else [], here=not self._stopped.is_set())
        self._line.release(like=ended.job)

    def _keep_end(self, taken: JobRow, execution: Execution | None, result: Result, session: Session) -> _Ended | None:
        if execution is not None:
            save_execution(session, execution)
        job = find_taken(session, Ticket(taken.id, taken.ticket, taken.rank))
        if job is None:
            return None
        job.cancel_requested |= result.given_up
        if result.status == "cancelled" and not job.cancel_requested:
            # The node was stopped, and nobody asked the job to.
            close_attempt(session, job, "returned", None)
            put_back(session, job)
        else:
            end(session, job, self._with_retry(job, result))
        return _Ended(job, issue(session, job, self._settings) if job.status == "queued" else None)

    def _with_retry(self, job: JobRow, result: Result) -> Result:
        if not result.retryable or job.cancel_requested or job.max_retries == 0:
            return result
        if job.retries >= job.max_retries:
            return result._replace(status="dead")
        most = self._settings.backoff_most_seconds
        return result._replace(retry_seconds=delay_before(job.retries + 1, job.backoff_seconds, most, by_chance))

    def _refuse(self, ticket: Ticket, reason: str) -> None:
        """Hand a job back whose task is not here."""
        with self._store.writing() as session:
            job = find_taken(session, ticket)
            if job is None:
                return
            hand_back(session, job, reason)
            again = issue(session, job, self._settings) if job.status == "queued" else None
        log.info("job %s is handed back: %s", job.id, reason)
        self._line.send([again] if again else [])
        self._line.release(like=job)

    def _return(self, ticket: Ticket) -> None:
        """Put a job back that nobody has begun to work on."""

        def again() -> None:
            with self._store.writing() as session:
                job = session.get(JobRow, ticket.job_id, with_for_update=True)
                if job is None or job.ticket != ticket.number or job.status != "queued":
                    return
                put_back(session, job, due_at=job.due_at)
                issued = issue(session, job, self._settings)
            self._line.send([issued] if issued else [], here=False)

        self._persist(again)

    def _persist(self, write: Callable[[], None]) -> None:
        """Write, and again when the database does not answer: what was done must not be lost to that."""
        pause = _SHORTEST_PAUSE
        while True:
            try:
                write()
                return
            except Unavailable as error:
                if self._stopped.is_set():
                    raise
                log.warning("%s; trying again in %.1f s", error.message, pause)
                time.sleep(pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
