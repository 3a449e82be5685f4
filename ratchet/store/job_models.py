"""The tables of jobs: what waits and has run, on which nodes, and the schedules that make more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ratchet.store.columns import JsonText
from ratchet.store.models import Base
from ratchet.values import Json, JsonObject


class JobRow(Base):
    """One job: what is asked for, how it stands, and what has come of it.

    Args:
        id: A UUIDv7: the order of ids is the order of time.
        task: The name of the task.
        address: How it was asked for: a name, with a source or a version where those were said.
        digest: What must run; None where nobody could find the task when the job was made.
        rank: Lower runs first; see `ratchet.jobs.priority`.
        status: queued, running, completed, failed, cancelled or dead.
        input_digest: What a second request with the same idempotency key must agree with.
        serial: Jobs of its schedule run one after the other.
        dispatch: held (waits for its time, room or a node), issued (a ticket is on its way to the engine), sent (the
            engine has it), taken (a node works on it), done.
        ticket: The number of its current ticket; who holds an older one has lost the job.
        retries: Made since somebody last asked for it.
        record: Whether its executions are recorded where not all are.
        deaths: Nodes that died while they worked on it.
        refusals: Nodes that did not have the digest.
        due_at: When it may run.
        tick: The time of its schedule that it stands for.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    task: Mapped[str] = mapped_column(String)
    address: Mapped[str] = mapped_column(String)
    version: Mapped[str | None] = mapped_column(String)
    digest: Mapped[str | None] = mapped_column(String)
    queue: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(9))
    input: Mapped[Json] = mapped_column(JsonText)
    idempotency_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    input_digest: Mapped[str] = mapped_column(String(64))
    max_retries: Mapped[int] = mapped_column(Integer)
    backoff_seconds: Mapped[float] = mapped_column(Double)
    schedule_id: Mapped[str | None] = mapped_column(String(36))
    serial: Mapped[bool] = mapped_column(default=False)
    record: Mapped[bool] = mapped_column(default=False, server_default=false())
    tick: Mapped[datetime | None]
    dispatch: Mapped[str] = mapped_column(String(6))
    ticket: Mapped[int] = mapped_column(Integer, default=1)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    retries: Mapped[int] = mapped_column(Integer, default=0)
    deaths: Mapped[int] = mapped_column(Integer, default=0)
    refusals: Mapped[int] = mapped_column(Integer, default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    node_id: Mapped[str | None] = mapped_column(String(64))
    execution_id: Mapped[str | None] = mapped_column(String(36))
    error: Mapped[JsonObject | None] = mapped_column(JsonText, default=None)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("schedule_id", "tick"),
        Index(None, "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "task", "created_at", "id"),
        Index(None, "task", "status", "created_at", "id"),
        Index(None, "queue", "created_at", "id"),
        Index(None, "schedule_id", "created_at", "id"),
        Index(None, "finished_at"),
        # What is next, and how many are on their way, of one queue, task or schedule.
        Index(None, "dispatch", "due_at"),
        Index(None, "queue", "dispatch", "rank", "created_at"),
        Index(None, "task", "dispatch", "rank", "created_at"),
        Index(None, "schedule_id", "dispatch", "rank", "created_at"),
    )


class AttemptRow(Base):
    """One time that a node worked on a job.

    Args:
        status: running, completed, failed, cancelled, lost (its node died) or returned (its node was stopped).
        retry_at: When the next one is due, where it made one.
    """

    __tablename__ = "attempts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    ticket: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    node_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(9))
    execution_id: Mapped[str] = mapped_column(String(36))
    error: Mapped[JsonObject | None] = mapped_column(JsonText, default=None)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]


class ScheduleRow(Base):
    """A cron rule that makes jobs.

    Args:
        overlap: skip, queue or parallel: what becomes of a tick while the job of an earlier one has not ended.
        misfire: skip, run_once or run_all: what becomes of ticks at which no node was up.
        next_at: The next tick; None when it is disabled or has none.
        last_job_id: The job of the last tick that made one.
        fired, skipped: Ticks that made a job, and ticks that overlapped.
    """

    __tablename__ = "schedules"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    task: Mapped[str] = mapped_column(String)
    address: Mapped[str] = mapped_column(String)
    input: Mapped[Json] = mapped_column(JsonText)
    cron: Mapped[str] = mapped_column(String)
    time_zone: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int] = mapped_column(Integer)
    max_retries: Mapped[int | None] = mapped_column(Integer)
    overlap: Mapped[str] = mapped_column(String(8))
    misfire: Mapped[str] = mapped_column(String(8))
    max_executions: Mapped[int | None] = mapped_column(Integer)
    record: Mapped[bool] = mapped_column(default=False, server_default=false())
    enabled: Mapped[bool]
    next_at: Mapped[datetime | None]
    last_tick_at: Mapped[datetime | None]
    last_job_id: Mapped[str | None] = mapped_column(String(36))
    fired: Mapped[int] = mapped_column(Integer, default=0)
    skipped: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "enabled", "next_at"),
        Index(None, "task", "name"),
        Index(None, "created_at", "id"),
    )


class NodeRow(Base):
    """A process that works on jobs.

    Args:
        executor: What the engine calls this run of the process.
        status: active, or draining: it takes no more jobs.
        slots: Jobs at a time.
        workers: What its worker processes do; see `ratchet.jobs.workers`.
        beat_at: When it last said that it lives, by the clock of the database.
    """

    __tablename__ = "nodes"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    executor: Mapped[str] = mapped_column(String(36))
    host: Mapped[str] = mapped_column(String)
    pid: Mapped[int] = mapped_column(Integer)
    version: Mapped[str] = mapped_column(String)
    status: Mapped[str] = mapped_column(String(8))
    slots: Mapped[int] = mapped_column(Integer)
    running: Mapped[int] = mapped_column(Integer)
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)
    completed: Mapped[int] = mapped_column(Integer, default=0)
    workers: Mapped[JsonObject | None] = mapped_column(JsonText)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
