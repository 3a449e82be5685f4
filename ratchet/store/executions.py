"""Executions in the store: kept, found, listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from ratchet.errors import NotFound, code_of, error_classes
from ratchet.execution.document import Execution, Status
from ratchet.execution.keeper import Retention
from ratchet.store.columns import moment_of, plain
from ratchet.store.fields import Field, by_name
from ratchet.store.models import ExecutionRow, TaskRow
from ratchet.store.query import Listing
from ratchet.store.upsert import upsert
from ratchet.task.text import printable
from ratchet.values import JsonObject


def task_names(session: Session) -> Sequence[str]:
    """Return the name of every task that has run."""
    return session.scalars(select(TaskRow.name).distinct()).all()


EXECUTIONS = Listing(
    model=ExecutionRow,
    fields=by_name(
        Field("id", ExecutionRow.id, "text"),
        Field("task", ExecutionRow.task, "word", task_names),
        Field("status", ExecutionRow.status, "word", choices=get_args(Status)),
        Field("error", ExecutionRow.error, "word", choices=tuple(map(code_of, error_classes()))),
        Field("created_at", ExecutionRow.created_at, "moment"),
        Field("job_id", ExecutionRow.job_id, "text"),
        Field("schedule_id", ExecutionRow.schedule_id, "text"),
        Field("parent_id", ExecutionRow.parent_id, "text"),
    ),
    shown=(
        "id", "task", "version", "digest", "status", "error", "created_at", "finished_at", "duration_ms", "job_id",
        "schedule_id", "parent_id", "recording",
    ),
    key="id",
    sortable=("created_at",),
)  # fmt: skip

RECORDINGS = EXECUTIONS._replace(
    fields={name: EXECUTIONS.fields[name] for name in ("id", "task", "created_at")},
    where=(ExecutionRow.recording.is_not(None),),
)
"""The executions that are recorded."""


def save_execution(session: Session, execution: Execution) -> None:
    """Keep an execution, and the task that it ran; one with this id is brought up to date."""
    save_executions(session, [execution])


def save_executions(session: Session, executions: Sequence[Execution], *, replace: bool = True) -> None:
    """Keep executions, and the tasks that they ran.

    Args:
        executions: No two with one id.
        replace: Whether one that is there is brought up to date; without it, it stays as it is.
    """
    tasks = {(each.task.name, each.task.digest): _task_values(each) for each in executions}
    upsert(session, TaskRow, list(tasks.values()), replace=False)
    upsert(session, ExecutionRow, [row_values(each) for each in executions], replace=replace)


def find_document(session: Session, identity: str) -> JsonObject:
    """Return the document of an execution.

    Raises:
        NotFound: There is none with this id.
    """
    document: JsonObject | None = session.scalar(select(ExecutionRow.document).where(ExecutionRow.id == identity))
    if document is None:
        hint = "`ratchet execution list` shows those that are kept"
        raise NotFound(f"There is no execution `{printable(identity, 50)}`", hint=hint)
    return document


def surplus_ids(session: Session, retention: Retention, most: int) -> list[str]:
    """Return the ids of executions that are to be removed, the oldest first."""
    bounds = []
    if retention.before is not None:
        bounds.append(ExecutionRow.created_at < moment_of(retention.before))
    if retention.most is not None:
        newest = select(ExecutionRow.created_at, ExecutionRow.id).order_by(
            ExecutionRow.created_at.desc(), ExecutionRow.id.desc()
        )
        last = session.execute(newest.offset(retention.most).limit(1)).first()
        if last is not None:
            place = tuple_(*last, types=[ExecutionRow.created_at.type, ExecutionRow.id.type])
            bounds.append(tuple_(ExecutionRow.created_at, ExecutionRow.id) <= place)
    if not bounds:
        return []
    oldest = select(ExecutionRow.id).order_by(ExecutionRow.created_at, ExecutionRow.id).limit(most)
    return list(session.scalars(oldest.where(or_(*bounds), ExecutionRow.finished_at.is_not(None))))


def row_values(execution: Execution) -> dict[str, Any]:
    """Return the columns of an execution."""
    return {
        "id": execution.id,
        "task": plain(execution.task.name),
        "version": plain(execution.task.version),
        "digest": execution.task.digest,
        "status": execution.status,
        "error": execution.error.code if execution.error else None,
        "created_at": moment_of(execution.created_at),
        "finished_at": None if execution.finished_at is None else moment_of(execution.finished_at),
        "duration_ms": execution.duration_ms,
        "job_id": execution.job_id,
        "schedule_id": execution.schedule_id,
        "parent_id": execution.parent_id,
        "recording": None if execution.recording is None else plain(execution.recording),
        "document": execution.to_json(),
    }


def _task_values(execution: Execution) -> dict[str, Any]:
    task = execution.task
    return {
        "name": plain(task.name),
        "digest": task.digest,
        "version": plain(task.version),
        "source": plain(task.source),
        "first_seen_at": moment_of(execution.created_at),
    }
