"""The tables, which both databases have alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ratchet.store.columns import JsonText, Moment, Word
from ratchet.values import JsonObject

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of every table, with names of indexes and keys that migrations can rely on."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: Moment, str: Word}  # noqa: RUF012 (SQLAlchemy reads it so)


class TaskRow(Base):
    """One state of a task that has run: what a name, version and digest in an execution mean."""

    __tablename__ = "tasks"

    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    source: Mapped[str]
    first_seen_at: Mapped[datetime]


def _of_those_with(column: str, name: str, *columns: str) -> Index:
    """Return an index of the executions that have something in a column, as few do: the others cost it nothing."""
    has_one = text(f"{column} IS NOT NULL")
    return Index(f"ix_executions_{name}", *columns, sqlite_where=has_one, postgresql_where=has_one)


class ExecutionRow(Base):
    """One execution: what lists ask for as columns, and the whole document.

    Args:
        id: A UUIDv7: the order of ids is the order of time.
        error: The code of the error.
    """

    __tablename__ = "executions"

    id: Mapped[str] = mapped_column(primary_key=True)
    task: Mapped[str]
    version: Mapped[str]
    digest: Mapped[str]
    status: Mapped[str]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None]
    job_id: Mapped[str | None]
    schedule_id: Mapped[str | None]
    parent_id: Mapped[str | None]
    recording: Mapped[str | None]
    document: Mapped[JsonObject] = mapped_column(JsonText)

    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "task", "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "task", "status", "created_at", "id"),
        _of_those_with("error", "error_created_at_id", "error", "created_at", "id"),
        _of_those_with("error", "task_error_created_at_id", "task", "error", "created_at", "id"),
        _of_those_with("job_id", "job_id_created_at_id", "job_id", "created_at", "id"),
        _of_those_with("schedule_id", "schedule_id_created_at_id", "schedule_id", "created_at", "id"),
        _of_those_with("parent_id", "parent_id_created_at_id", "parent_id", "created_at", "id"),
        _of_those_with("recording", "recorded_created_at_id", "created_at", "id"),
        _of_those_with("recording", "recorded_task_created_at_id", "task", "created_at", "id"),
    )


class DisabledTaskRow(Base):
    """A task that is switched off, whatever its source and version."""

    __tablename__ = "disabled_tasks"

    name: Mapped[str] = mapped_column(primary_key=True)
    disabled_at: Mapped[datetime]


class RequestKeyRow(Base):
    """What an idempotency key was used for.

    Args:
        digest: What a second request with the key must agree with.
    """

    __tablename__ = "request_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    execution_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]


class ApiKeyRow(Base):
    """A key by which clients of the server are known; the key itself is kept nowhere."""

    __tablename__ = "api_keys"

    digest: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
