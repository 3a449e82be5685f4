"""Make the jobs of schedules when their time has come, once for each tick whatever the number of nodes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ratchet.errors import RatchetError
from ratchet.jobs.asked import Asked
from ratchet.jobs.cron import parse_rule
from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.finding import FindSource
from ratchet.jobs.life import Origin, add_job, issue, make_job
from ratchet.jobs.line import Line
from ratchet.jobs.misfire import find_due
from ratchet.jobs.priority import priority_of
from ratchet.jobs.room import NOT_ENDED
from ratchet.jobs.settings import JobSettings
from ratchet.store.clock import now_in
from ratchet.store.job_models import JobRow, ScheduleRow
from ratchet.store.store import Store
from ratchet.task.model import Task

log = logging.getLogger(__name__)


class Firing:
    """Looks which schedules are due."""

    def __init__(self, store: Store, line: Line, settings: JobSettings, find: FindSource) -> None:
        self._store = store
        self._line = line
        self._settings = settings
        self._find = find

    def fire_due(self) -> None:
        """Make the jobs that are due now."""
        with self._store.reading() as session:
            due = select(ScheduleRow).where(ScheduleRow.enabled, ScheduleRow.next_at <= now_in(session))
            schedules = session.scalars(due.order_by(ScheduleRow.next_at)).all()
        for schedule in schedules:
            task = self._find_task(schedule)
            with self._store.writing() as session:
                tickets = fire(session, schedule.id, schedule.next_at, task, self._settings)
            self._line.send(tickets)

    def _find_task(self, schedule: ScheduleRow) -> Task | None:
        """Return what is to run; a job whose task is not found fails and says so."""
        try:
            return self._find(schedule.address)[0]
        except RatchetError as error:
            log.warning("schedule %s: %s", schedule.name, error.message)
            return None


def fire(
    session: Session, schedule_id: str, expected: datetime | None, task: Task | None, settings: JobSettings
) -> Sequence[Ticket]:
    """Make the jobs of one schedule that are due, unless another node has done so already.

    Args:
        expected: The tick that is to be dealt with; another one is another node's.
    """
    schedule = session.get(ScheduleRow, schedule_id, with_for_update=True)
    if schedule is None or not schedule.enabled or schedule.next_at is None or schedule.next_at != expected:
        return []
    rule = parse_rule(schedule.cron, schedule.time_zone)
    due = find_due(rule, schedule.next_at, now_in(session), schedule.misfire)
    schedule.next_at = due.next_at
    tickets = []
    for tick in due.ticks:
        schedule.last_tick_at = tick
        if schedule.overlap == "skip" and is_under_way(session, schedule):
            schedule.skipped += 1
            continue
        tickets.append(make_tick(session, schedule, tick, task, settings))
        if is_used_up(schedule):
            break
    if is_used_up(schedule) or schedule.next_at is None:
        schedule.enabled, schedule.next_at = False, None
    return [ticket for ticket in tickets if ticket is not None]


def make_tick(
    session: Session, schedule: ScheduleRow, tick: datetime | None, task: Task | None, settings: JobSettings
) -> Ticket | None:
    """Make the job of a tick, or one that somebody asks for now, and return its ticket where it gets one."""
    asked = Asked(
        task=schedule.address,
        input=schedule.input,
        priority=priority_of(schedule.rank),
        queue=schedule.queue,
        max_retries=schedule.max_retries,
        record=schedule.record,
    )
    origin = Origin(schedule.id, tick, serial=schedule.overlap == "queue")
    job = make_job(asked, schedule.task, task, settings, now_in(session), origin)
    ticket = issue(session, job, settings)
    add_job(session, job)
    schedule.last_job_id = job.id
    schedule.fired += 1
    return ticket


def is_used_up(schedule: ScheduleRow) -> bool:
    """Tell whether a schedule has made all the jobs that it may make."""
    return schedule.max_executions is not None and schedule.fired >= schedule.max_executions


def is_under_way(session: Session, schedule: ScheduleRow) -> bool:
    """Tell whether a job of a schedule has not ended yet."""
    under_way = select(JobRow.id).where(JobRow.schedule_id == schedule.id, JobRow.dispatch.in_(NOT_ENDED)).limit(1)
    return session.execute(under_way).first() is not None
