"""What lists of jobs and schedules can be asked for; each has its index."""

from __future__ import annotations

from ratchet.jobs.words import STATUSES
from ratchet.store.fields import Field, by_name
from ratchet.store.job_models import JobRow, ScheduleRow
from ratchet.store.query import Listing

JOBS = Listing(
    model=JobRow,
    fields=by_name(
        Field("id", JobRow.id, "text"),
        Field("status", JobRow.status, "word", choices=STATUSES),
        Field("task", JobRow.task, "text"),
        Field("queue", JobRow.queue, "text"),
        Field("schedule_id", JobRow.schedule_id, "text"),
        Field("created_at", JobRow.created_at, "moment"),
    ),
    shown=tuple(column.key for column in JobRow.__table__.columns if column.key != "input"),
    key="id",
    sortable=("created_at",),
)

SCHEDULES = Listing(
    model=ScheduleRow,
    fields=by_name(
        Field("id", ScheduleRow.id, "text"),
        Field("name", ScheduleRow.name, "text"),
        Field("task", ScheduleRow.task, "text"),
        Field("created_at", ScheduleRow.created_at, "moment"),
    ),
    shown=tuple(column.key for column in ScheduleRow.__table__.columns if column.key != "input"),
    key="id",
    sortable=("created_at", "name"),
)
