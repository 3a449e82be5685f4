"""The tables, which both databases have alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ratchet.store.columns import JsonText, Moment
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
    type_annotation_map = {datetime: Moment}  # noqa: RUF012 (SQLAlchemy reads it so)


class TaskRow(Base):
    """One state of a task that has run: what a name, version and digest in an execution mean."""

    __tablename__ = "tasks"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    digest: Mapped[str] = mapped_column(String, primary_key=True)
    version: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    first_seen_at: Mapped[datetime]


class ExecutionRow(Base):
    """One execution: what lists ask for as columns, and the whole document.

    Args:
        id: A UUIDv7: the order of ids is the order of time.
        error: The code of the error.
    """

    __tablename__ = "executions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    task: Mapped[str] = mapped_column(String)
    version: Mapped[str] = mapped_column(String)
    digest: Mapped[str] = mapped_column(String)
    status: Mapped[str] = mapped_column(String(9))
    error: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    job_id: Mapped[str | None] = mapped_column(String)
    schedule_id: Mapped[str | None] = mapped_column(String)
    parent_id: Mapped[str | None] = mapped_column(String(36))
    recording: Mapped[str | None] = mapped_column(String)
    document: Mapped[JsonObject] = mapped_column(JsonText)

    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "task", "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "task", "status", "created_at", "id"),
        Index(None, "error", "created_at", "id"),
        Index(None, "task", "error", "created_at", "id"),
        Index(None, "job_id", "created_at", "id"),
        Index(None, "schedule_id", "created_at", "id"),
        Index(None, "parent_id", "created_at", "id"),
    )
