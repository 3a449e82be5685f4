"""The life of a job in the store: made, taken by a node, ended, put back in line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from ratchet.execution.document import new_execution_id
from ratchet.jobs.asked import Asked
from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.priority import rank_of
from ratchet.jobs.result import Result
from ratchet.jobs.room import full_ceiling
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.tickets import ticket_of
from ratchet.store.clock import now_in
from ratchet.store.job_models import AttemptRow, JobRow
from ratchet.task.model import Task
from ratchet.values import JsonObject

# Made once: that takes longer than to execute them.
_JOBS = cast(Table, JobRow.__table__)
_ATTEMPTS = cast(Table, AttemptRow.__table__)
_TAKE = (
    update(JobRow)
    .where(JobRow.id == bindparam("the_id"), JobRow.ticket == bindparam("the_ticket"), JobRow.status == "queued")
    .values(
        status="running",
        dispatch="taken",
        node_id=bindparam("by_node"),
        execution_id=bindparam("by_execution"),
        attempts=JobRow.attempts + 1,
        started_at=bindparam("moment"),
        changed_at=bindparam("moment"),
    )
    .returning(JobRow)
    .execution_options(synchronize_session=False, populate_existing=True)
)
_CLOSE = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.job_id == bindparam("the_job"), _ATTEMPTS.c.ticket == bindparam("the_ticket"))
    .values(
        status=bindparam("with_status"),
        error=bindparam("with_error"),
        retry_at=bindparam("with_retry"),
        finished_at=bindparam("moment"),
    )
)


class Origin(NamedTuple):
    """The schedule that a job is from.

    Args:
        tick: The time that it stands for; None where somebody triggered it.
        serial: See `JobRow`.
    """

    schedule_id: str
    tick: datetime | None
    serial: bool


def make_job(
    asked: Asked,
    name: str,
    task: Task | None,
    settings: JobSettings,
    moment: datetime,
    origin: Origin | None = None,
) -> JobRow:
    """Return a job that nobody knows of yet.

    Args:
        name: Of the task.
        task: What must run; None where it cannot be found.
        moment: The present.
    """
    row = JobRow(
        id=new_execution_id(),
        task=name,
        address=asked.task,
        version=None if task is None else task.version,
        digest=None if task is None else task.digest,
        queue=asked.queue,
        rank=rank_of(asked.priority),
        status="queued",
        input=asked.input,
        idempotency_key=asked.idempotency_key,
        input_digest=asked.digest,
        max_retries=settings.max_retries if asked.max_retries is None else asked.max_retries,
        backoff_seconds=settings.backoff_seconds if asked.backoff_seconds is None else asked.backoff_seconds,
        schedule_id=None if origin is None else origin.schedule_id,
        serial=origin is not None and origin.serial,
        record=asked.record,
        tick=None if origin is None else origin.tick,
        dispatch="held",
        ticket=1,
        due_at=max(moment, asked.scheduled_for or moment),
        created_at=moment,
        changed_at=moment,
        error=None,
    )
    for count in ("attempts", "retries", "deaths", "refusals"):
        setattr(row, count, 0)
    row.cancel_requested = False
    return row


def add_job(session: Session, job: JobRow) -> None:
    """Keep a new job."""
    session.execute(_JOBS.insert(), [{column.key: getattr(job, column.key) for column in _JOBS.columns}])


def issue(session: Session, job: JobRow, settings: JobSettings) -> Ticket | None:
    """Give a queued job a ticket and return it; None where there is no room, or it is not yet due."""
    job.changed_at = moment = now_in(session)
    if job.due_at > moment or full_ceiling(session, job, settings) is not None:
        job.dispatch = "held"
        return None
    job.dispatch = "issued"
    return ticket_of(job)


def take(session: Session, ticket: Ticket, node_id: str, execution_id: str) -> JobRow | None:
    """Take a job for a node; None where the ticket is no longer the one that counts."""
    moment = now_in(session)
    named = {"the_id": ticket.job_id, "the_ticket": ticket.number}
    by = {"by_node": node_id, "by_execution": execution_id, "moment": moment}
    job = session.scalars(_TAKE, {**named, **by}).one_or_none()
    if job is not None:
        attempt = {
            "job_id": job.id,
            "ticket": ticket.number,
            "number": job.attempts,
            "node_id": node_id,
            "status": "running",
            "execution_id": execution_id,
            "error": None,
            "started_at": moment,
        }
        session.execute(_ATTEMPTS.insert(), [attempt])
    return job


def find_taken(session: Session, ticket: Ticket) -> JobRow | None:
    """Return the job that a ticket has been taken for, and keep others from it; None where it counts no longer."""
    job = session.get(JobRow, ticket.job_id, with_for_update=True)
    return job if job is not None and job.ticket == ticket.number and job.status == "running" else None


def end(session: Session, job: JobRow, result: Result) -> None:
    """Let a running job end, or wait for its next attempt."""
    moment = now_in(session)
    job.error = result.error
    if result.retry_seconds is None:
        close_attempt(session, job, result.status if result.status != "dead" else "failed", result.error)
        job.status, job.dispatch = result.status, "done"
        job.finished_at = job.changed_at = moment
        return
    retry_at = moment + timedelta(seconds=result.retry_seconds)
    close_attempt(session, job, "failed", result.error, retry_at=retry_at)
    job.retries += 1
    put_back(session, job, due_at=retry_at)


def put_back(session: Session, job: JobRow, *, due_at: datetime | None = None) -> None:
    """Put a job back in line, where it may run at once or at a time; whoever holds its ticket has lost it."""
    moment = now_in(session)
    job.ticket += 1
    job.status, job.dispatch, job.node_id = "queued", "held", None
    job.due_at, job.changed_at, job.finished_at = due_at or moment, moment, None


def close_attempt(
    session: Session, job: JobRow, status: str, error: JsonObject | None, *, retry_at: datetime | None = None
) -> None:
    """Note how the attempt of the current ticket ended."""
    named = {"the_job": job.id, "the_ticket": job.ticket}
    values = {"with_status": status, "with_error": error, "with_retry": retry_at, "moment": now_in(session)}
    session.execute(_CLOSE, {**named, **values})
