"""Forget jobs that ended long ago."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from ratchet.store.job_models import AttemptRow, JobRow
from ratchet.store.store import Store
from ratchet.store.tasks import forget_tasks

_SLICE = 500


def forget_ended(store: Store, keep_seconds: float) -> int:
    """Remove jobs that ended longer ago than that, with their attempts, and return how many there were."""
    before = store.clock.now() - timedelta(seconds=keep_seconds)
    old = select(JobRow.id).where(JobRow.finished_at < before).limit(_SLICE)
    removed = 0
    while True:
        with store.writing() as session:
            ids = session.scalars(old).all()
            gone = JobRow.id.in_(ids)
            tasks = session.execute(select(JobRow.task, JobRow.digest).where(gone).distinct()).all()
            session.execute(delete(AttemptRow).where(AttemptRow.job_id.in_(ids)))
            session.execute(delete(JobRow).where(gone))
        forget_tasks(store, tasks)
        removed += len(ids)
        if len(ids) < _SLICE:
            return removed
