"""Jobs for whoever asks for them: made, found, cancelled, run again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ratchet.errors import Conflict, KeyReused, NotFound
from ratchet.jobs.asked import Asked
from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.document import attempt_json, job_in_list_json, job_json
from ratchet.jobs.finding import CheckInput, FindSource
from ratchet.jobs.life import add_job, end, issue, make_job, put_back
from ratchet.jobs.listing import JOBS
from ratchet.jobs.result import Result
from ratchet.jobs.room import write_with_room
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.words import ENDED, STATUSES
from ratchet.registry.address import parse_address
from ratchet.store.clock import now_in
from ratchet.store.columns import plain
from ratchet.store.job_models import AttemptRow, JobRow
from ratchet.store.models import ExecutionRow
from ratchet.store.page import count_rows, read_page
from ratchet.store.query import Query
from ratchet.store.store import Store
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

SHORTEST_PREFIX = 4


class Made(NamedTuple):
    """What came of asking for a job.

    Args:
        is_new: Whether there was none with this idempotency key.
    """

    job: JsonObject
    is_new: bool


class Page(NamedTuple):
    """Some of a list.

    Args:
        following: Where the next page begins, for `after`; None on the last one.
    """

    items: Sequence[JsonObject]
    following: str | None


class Hands(NamedTuple):
    """What a node does at once about what is changed in the store, and others find there later.

    Args:
        send: Takes tickets that have been issued.
        stop: Takes the id of a job that has been cancelled.
        release: Takes a job that has made room for others like it.
    """

    send: Callable[[Sequence[Ticket]], None]
    stop: Callable[[str], None]
    release: Callable[[JobRow], None]


class Jobs:
    """The jobs in a store.

    Args:
        find: Where tasks are found.
        check: Checks inputs before a job is made of them.
        hands: None where this process is no node: the next one that looks does what is to be done.
    """

    def __init__(
        self,
        store: Store,
        settings: JobSettings,
        find: FindSource,
        check: CheckInput | None = None,
        hands: Hands | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._find = find
        self._check = check
        self._hands = hands

    def create(self, asked: Asked) -> Made:
        """Make a job, which is sure to be run once this returns.

        Raises:
            InvalidInput: A value is out of range, or the task does not take the input.
            NotFound, Unavailable, InvalidTask, NotPermitted: See `Catalogue.find`.
            KeyReused: The idempotency key has been used for another job.
        """
        asked.check()
        same = self._with_key(asked)
        if same is not None:
            return same
        address = parse_address(asked.task)
        task, _ = self._find(asked.task)
        if self._check is not None:
            self._check(task, asked.input)
        name = address.name if address else task.name
        job = make_job(asked, name, task, self._settings, self._store.clock.now())
        try:
            ticket = write_with_room(self._store, job, self._settings, functools.partial(self._add, job))
        except IntegrityError:
            same = self._with_key(asked)
            if same is None:
                raise
            return same
        self._send(ticket)
        return Made(job_json(job), is_new=True)

    def _add(self, job: JobRow, session: Session) -> Ticket | None:
        """Keep a new job, and return its ticket where this process is a node."""
        ticket = issue(session, job, self._settings) if self._hands else None
        add_job(session, job)
        return ticket

    def _with_key(self, asked: Asked) -> Made | None:
        """Return the job that was made with the same idempotency key."""
        if asked.idempotency_key is None:
            return None
        with self._store.reading() as session:
            job = session.scalar(select(JobRow).where(JobRow.idempotency_key == asked.idempotency_key))
        if job is None:
            return None
        if job.input_digest != asked.digest:
            hint = "Use a key of its own for each job"
            raise KeyReused(f"The idempotency key has been used for another job, `{job.id}`", hint=hint)
        return Made(job_json(job), is_new=False)

    def list(self, query: Query) -> Page:
        """Return the jobs that are asked for; see `JOBS`."""
        with self._store.reading() as session:
            page = read_page(session, JOBS, query)
        return Page([job_in_list_json(JobRow(**row)) for row in page.rows], page.after)

    def count(self, query: Query) -> int:
        """Return how many jobs fit."""
        with self._store.reading() as session:
            return count_rows(session, JOBS, query)

    def get(self, job_id: str) -> JsonObject:
        """Return a job with its attempts, and its output once it has completed.

        Args:
            job_id: Its id, or what no other id begins with.

        Raises:
            NotFound: There is none.
            Conflict: More than one begins so.
        """
        with self._store.reading() as session:
            job = find_job(session, job_id)
            attempts = select(AttemptRow).where(AttemptRow.job_id == job.id).order_by(AttemptRow.number)
            history = [attempt_json(attempt) for attempt in session.scalars(attempts)]
            return {**job_json(job), "output": _output_of(session, job), "history": history}

    def cancel(self, job_id: str) -> JsonObject:
        """Take a job out of the line, or stop the execution that it has come to.

        Raises:
            NotFound: There is none.
            Conflict: It has ended.
        """
        with self._store.writing() as session:
            job = find_job(session, job_id, lock=True)
            if job.status in ENDED:
                raise Conflict(f"The job `{job.id}` is {job.status}", hint="Only what has not ended can be cancelled")
            job.cancel_requested, job.changed_at = True, now_in(session)
            if job.status == "queued":
                end(
                    session, job, Result("cancelled", {"code": "cancelled", "message": "It was cancelled in the queue"})
                )
        if self._hands:
            self._hands.stop(job.id)
            self._hands.release(job)
        return job_json(job)

    def retry(self, job_id: str) -> JsonObject:
        """Run a job again that has ended, with the task as it is now.

        Raises:
            NotFound: There is none, or no such task any more.
            Conflict: It has not ended.
        """
        with self._store.reading() as session:
            before = find_job(session, job_id)
        task, _ = self._find(before.address)
        with self._store.writing() as session:
            job = find_job(session, before.id, lock=True)
            if job.status not in ENDED:
                raise Conflict(f"The job `{job.id}` is {job.status}", hint="Only what has ended can be run again")
            put_back(session, job)
            job.version, job.digest = task.version, task.digest
            job.retries = job.deaths = job.refusals = 0
            job.cancel_requested, job.error = False, None
            ticket = issue(session, job, self._settings) if self._hands else None
        self._send(ticket)
        return job_json(job)

    def stats(self) -> JsonObject:
        """Return how many jobs there are of each status, and how many of each queue have not ended."""
        waiting = select(JobRow.queue, JobRow.status, func.count()).where(JobRow.status.in_(("queued", "running")))
        with self._store.reading() as session:
            by_status = session.execute(select(JobRow.status, func.count().label("number")).group_by(JobRow.status))
            counted = {each.status: each.number for each in by_status}
            queues: JsonObject = {}
            for queue, status, count in session.execute(waiting.group_by(JobRow.queue, JobRow.status)):
                queues.setdefault(queue, {"queued": 0, "running": 0})[status] = count
        return {"jobs": {status: counted.get(status, 0) for status in STATUSES}, "queues": queues}

    def _send(self, ticket: Ticket | None) -> None:
        if self._hands is not None and ticket is not None:
            self._hands.send([ticket])


def find_job(session: Session, job_id: str, *, lock: bool = False) -> JobRow:
    """Return a job by its id, or by what no other id begins with.

    Raises:
        NotFound: There is none.
        Conflict: More than one begins so.
    """
    shown, job_id = printable(job_id, 50), plain(job_id)
    job = session.get(JobRow, job_id, with_for_update=lock or None)
    if job is not None:
        return job
    # A range, which the index serves; what follows in an id is below `g`.
    statement = select(JobRow).where(JobRow.id >= job_id, JobRow.id < f"{job_id}g").limit(2)
    found = session.scalars(statement.with_for_update() if lock else statement).all()
    if len(job_id) < SHORTEST_PREFIX or not found:
        raise NotFound(f"There is no job `{shown}`", hint="`ratchet job list` shows those that are kept")
    if len(found) > 1:
        raise Conflict(f"More than one job begins with `{shown}`", hint="Write more of its id")
    return found[0]


def _output_of(session: Session, job: JobRow) -> Json:
    """Return the output of the last attempt; the execution may be kept for a shorter time than its job."""
    if job.status != "completed":
        return None
    document = session.scalar(select(ExecutionRow.document).where(ExecutionRow.id == job.execution_id))
    return None if document is None else document["output"]
