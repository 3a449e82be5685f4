"""Jobs at a time on all nodes together: of a queue, of a task, of a schedule whose jobs run one after the other.

A job for which there is no room gets no ticket. Whoever ends a job of the same kind hands the room on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, text
from sqlalchemy.orm import Session

from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.tickets import ticket_of
from ratchet.store.clock import now_in
from ratchet.store.job_models import JobRow
from ratchet.store.store import Store

ON_THEIR_WAY = ("issued", "sent", "taken")
NOT_ENDED = ("held", *ON_THEIR_WAY)
_SLICE = 100
_MOST = 500
_Got = TypeVar("_Got")


class Ceiling(NamedTuple):
    """Jobs that share a value in a column, and how many of them may be on their way."""

    name: str
    value: str
    most: int

    @property
    def jobs(self) -> ColumnElement[bool]:
        """Which jobs these are."""
        column = JobRow.__table__.c[self.name]
        return and_(column == self.value, JobRow.serial) if self.name == "schedule_id" else column == self.value

    @property
    def others(self) -> ColumnElement[bool]:
        """Which jobs these are not."""
        return or_(JobRow.__table__.c[self.name].is_(None), not_(self.jobs))


def ceilings_of(job: JobRow, settings: JobSettings) -> list[Ceiling]:
    """Return what limits a job, always in the same order, so that two nodes cannot wait for each other."""
    found = []
    if job.queue in settings.by_queue:
        found.append(Ceiling("queue", job.queue, settings.by_queue[job.queue]))
    if job.serial and job.schedule_id is not None:
        found.append(Ceiling("schedule_id", job.schedule_id, 1))
    if job.task in settings.by_task:
        found.append(Ceiling("task", job.task, settings.by_task[job.task]))
    return found


def full_ceiling(session: Session, job: JobRow, settings: JobSettings) -> Ceiling | None:
    """Return what leaves a job no room now, and keep others from counting until the transaction ends."""
    for ceiling in ceilings_of(job, settings):
        if session.get_bind().dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
            session.execute(lock, {"name": f"ratchet {ceiling.name} {ceiling.value}"})
        on_their_way = select(func.count()).where(ceiling.jobs, JobRow.dispatch.in_(ON_THEIR_WAY))
        if session.execute(on_their_way).scalar_one() >= ceiling.most:
            return ceiling
    return None


def write_with_room(
    store: Store, job: JobRow, settings: JobSettings, action: Callable[[Session], _Got], *, losable: bool = False
) -> _Got:
    """Write something that may ask for the room of a job.

    Whoever counts keeps other nodes from counting. In one transaction with others that do, for other rooms, two nodes
    could wait for each other.
    """
    if ceilings_of(job, settings):
        with store.writing(losable=losable) as session:
            return action(session)
    return store.write(action, losable=losable)


def issue_held(
    session: Session, settings: JobSettings, due: ColumnElement[bool], *, like: JobRow | None = None
) -> list[Ticket]:
    """Issue tickets to held jobs that are due and have room, the most urgent first, and return them.

    Args:
        due: Which jobs are held and due.
        like: Look only at jobs that share a ceiling with this one.
    """
    tickets: list[Ticket] = []
    full: list[Ceiling] = []
    shared = [] if like is None else [ceiling.jobs for ceiling in ceilings_of(like, settings)]
    if like is not None and not shared:
        return []
    more = True
    while more and len(tickets) < _MOST:
        jobs = _held(session, due, shared, full)
        more = len(jobs) == _SLICE
        for job in jobs:
            ceiling = full_ceiling(session, job, settings)
            if ceiling is not None:
                full.append(ceiling)
                more = True
                break
            job.dispatch, job.changed_at = "issued", now_in(session)
            session.flush()
            tickets.append(ticket_of(job))
    return tickets


def _held(
    session: Session, due: ColumnElement[bool], shared: list[ColumnElement[bool]], full: list[Ceiling]
) -> Sequence[JobRow]:
    """Return the first of the held jobs that are due, but for those of ceilings that are full."""
    conditions = [due, *(each.others for each in full)]
    if shared:
        conditions.append(or_(*shared))
    statement = select(JobRow).where(*conditions).order_by(JobRow.rank, JobRow.created_at).limit(_SLICE)
    return session.scalars(statement.with_for_update(skip_locked=True)).all()
