"""The states of tasks that the store knows: each stays as long as something names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select, tuple_
from sqlalchemy.orm import aliased

from ratchet.store.job_models import JobRow
from ratchet.store.models import ExecutionRow, TaskRow
from ratchet.store.store import Store


def forget_tasks(store: Store, named: Sequence[Sequence[Any]]) -> None:
    """Remove of some states those that no execution and no job names; the last that was seen of a task stays.

    Args:
        named: The name and the digest of each, by what has just been removed.
    """
    if not named:
        return
    state, later = tuple_(TaskRow.name, TaskRow.digest), aliased(TaskRow)
    unused = select(TaskRow.name, TaskRow.digest).where(
        state.in_(named),
        exists().where(later.name == TaskRow.name, later.first_seen_at > TaskRow.first_seen_at),
        ~exists().where(ExecutionRow.task == TaskRow.name, ExecutionRow.digest == TaskRow.digest),
        ~exists().where(JobRow.task == TaskRow.name, JobRow.digest == TaskRow.digest),
    )
    # Nobody waits to write while it looks through the executions of a task; who runs such a state now brings it back.
    with store.reading() as session:
        found = session.execute(unused).all()
    if found:
        with store.writing() as session:
            session.execute(delete(TaskRow).where(state.in_(found)))
