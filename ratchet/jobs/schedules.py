"""Schedules for whoever asks for them: made, changed, triggered, looked at ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from ratchet.errors import Conflict, InvalidInput, NotFound
from ratchet.execution.document import new_execution_id
from ratchet.jobs.asked_schedule import AskedSchedule
from ratchet.jobs.cron import next_ticks, parse_rule
from ratchet.jobs.document import job_json, moment_text, schedule_in_list_json, schedule_json
from ratchet.jobs.finding import CheckInput, FindSource
from ratchet.jobs.firing import is_used_up, make_tick
from ratchet.jobs.jobs import Hands, Page
from ratchet.jobs.listing import SCHEDULES
from ratchet.jobs.priority import rank_of
from ratchet.jobs.settings import JobSettings
from ratchet.registry.address import parse_address
from ratchet.store.clock import now_in
from ratchet.store.columns import now, plain
from ratchet.store.job_models import JobRow, ScheduleRow
from ratchet.store.page import count_rows, read_page
from ratchet.store.query import Query
from ratchet.store.store import Store
from ratchet.task.text import printable
from ratchet.values import JsonObject

MOST_SHOWN = 100


class Schedules:
    """The schedules in a store; see `Jobs`."""

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

    def create(self, asked: AskedSchedule) -> JsonObject:
        """Make a schedule.

        Raises:
            InvalidInput: A value is out of range or is no rule, or the task does not take the input.
            NotFound, Unavailable, InvalidTask, NotPermitted: See `Catalogue.find`.
            Conflict: There is one of this name.
        """
        self._check_asked(asked)
        moment = self._store.clock.now()
        schedule = ScheduleRow(id=new_execution_id(), created_at=moment, fired=0, skipped=0)
        _apply(schedule, asked, moment)
        self._write(schedule)
        return schedule_json(schedule)

    def replace(self, name: str, asked: AskedSchedule) -> JsonObject:
        """Give a schedule other values; what it has done stays.

        Raises:
            InvalidInput, NotFound, Unavailable, InvalidTask, NotPermitted, Conflict: See `create`.
        """
        self._check_asked(asked)
        try:
            with self._store.writing() as session:
                schedule = find_schedule(session, name, lock=True)
                _apply(schedule, asked, now_in(session))
        except IntegrityError:
            raise _taken(asked.name) from None
        return schedule_json(schedule)

    def _check_asked(self, asked: AskedSchedule) -> None:
        asked.check()
        task, _ = self._find(asked.task)
        if self._check is not None:
            self._check(task, asked.input)

    def asked(self, name: str) -> AskedSchedule:
        """Return what a schedule was asked for with, to change some of it.

        Raises:
            NotFound: There is none.
        """
        document = self.get(name)
        return AskedSchedule(**{field: document[field] for field in AskedSchedule._fields})

    def list(self, query: Query) -> Page:
        """Return the schedules that are asked for; see `SCHEDULES`."""
        with self._store.reading() as session:
            page = read_page(session, SCHEDULES, query)
        return Page([schedule_in_list_json(ScheduleRow(**row)) for row in page.rows], page.after)

    def all(self) -> Sequence[JsonObject]:
        """Return every schedule, by name."""
        with self._store.reading() as session:
            rows = session.scalars(select(ScheduleRow).options(defer(ScheduleRow.input)).order_by(ScheduleRow.name))
            return [schedule_in_list_json(row) for row in rows]

    def count(self, query: Query) -> int:
        """Return how many schedules fit."""
        with self._store.reading() as session:
            return count_rows(session, SCHEDULES, query)

    def get(self, name: str) -> JsonObject:
        """Return a schedule by its id or name.

        Raises:
            NotFound: There is none.
        """
        with self._store.reading() as session:
            return schedule_json(find_schedule(session, name))

    def delete(self, name: str) -> None:
        """Remove a schedule; its jobs stay.

        Raises:
            NotFound: There is none.
        """
        with self._store.writing() as session:
            session.delete(find_schedule(session, name, lock=True))

    def enable(self, name: str, *, enabled: bool = True) -> JsonObject:
        """Let a schedule make jobs from now on, or none.

        Raises:
            NotFound: There is none.
            Conflict: It has made all that it may make.
        """
        with self._store.writing() as session:
            schedule = find_schedule(session, name, lock=True)
            if enabled and is_used_up(schedule):
                hint = "Raise `max_executions`"
                raise Conflict(f"`{schedule.name}` has made all {schedule.fired} jobs that it may make", hint=hint)
            _enable(schedule, now_in(session), enabled=enabled)
        return schedule_json(schedule)

    def trigger(self, name: str) -> JsonObject:
        """Make a job of a schedule now, beside its ticks, and return the job.

        Raises:
            NotFound: There is no such schedule, or task.
        """
        with self._store.reading() as session:
            address = find_schedule(session, name).address
        task, _ = self._find(address)
        with self._store.writing() as session:
            schedule = find_schedule(session, name, lock=True)
            ticket = make_tick(session, schedule, None, task, self._settings)
            job = session.get_one(JobRow, schedule.last_job_id)
            if self._hands is None:
                job.dispatch = "held"
        if self._hands is not None and ticket is not None:
            self._hands.send([ticket])
        return job_json(job)

    def preview(self, name: str, count: int) -> Sequence[str | None]:
        """Return the next times of a schedule, whether it is enabled or not.

        Raises:
            NotFound: There is none.
        """
        schedule = self.get(name)
        return preview(schedule["cron"], schedule["time_zone"], count)

    def _write(self, schedule: ScheduleRow) -> None:
        try:
            with self._store.writing() as session:
                session.add(schedule)
        except IntegrityError:
            raise _taken(schedule.name) from None


def preview(cron: str, time_zone: str, count: int, after: datetime | None = None) -> Sequence[str | None]:
    """Return the next times of a rule.

    Raises:
        InvalidInput: It is none, or too many are asked for.
    """
    if not 1 <= count <= MOST_SHOWN:
        raise InvalidInput(f"`count` is not a whole number from 1 to {MOST_SHOWN}")
    return [moment_text(tick) for tick in next_ticks(parse_rule(cron, time_zone), after or now(), count)]


def find_schedule(session: Session, name: str, *, lock: bool = False) -> ScheduleRow:
    """Return a schedule by its id, or else by its name, which may be the id of another.

    Raises:
        NotFound: There is none.
    """
    known = plain(name)
    either = (ScheduleRow.name == known) | (ScheduleRow.id == known)
    statement = select(ScheduleRow).where(either).order_by(ScheduleRow.id != known).limit(1)
    schedule = session.scalar(statement.with_for_update() if lock else statement)
    if schedule is None:
        hint = "`ratchet schedule list` shows those that there are"
        raise NotFound(f"There is no schedule `{printable(name, 70)}`", hint=hint)
    return schedule


def _apply(schedule: ScheduleRow, asked: AskedSchedule, moment: datetime) -> None:
    """Take over what is asked for, and begin with the next tick from now."""
    address = parse_address(asked.task)
    assert address is not None, "the task has been found"
    schedule.name, schedule.address, schedule.task = asked.name, asked.task, address.name
    schedule.input, schedule.cron, schedule.time_zone = asked.input, asked.cron, asked.time_zone
    schedule.queue, schedule.rank, schedule.max_retries = asked.queue, rank_of(asked.priority), asked.max_retries
    schedule.overlap, schedule.misfire = asked.overlap, asked.misfire
    schedule.max_executions, schedule.record = asked.max_executions, asked.record
    _enable(schedule, moment, enabled=asked.enabled and not is_used_up(schedule))


def _enable(schedule: ScheduleRow, moment: datetime, *, enabled: bool) -> None:
    ticks = next_ticks(parse_rule(schedule.cron, schedule.time_zone), moment, 1) if enabled else []
    schedule.enabled, schedule.next_at = bool(ticks), ticks[0] if ticks else None
    schedule.updated_at = moment


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a schedule `{name}` already", hint="Choose another name, or change that one")
