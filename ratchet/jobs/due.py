"""Which of the jobs that are held back a node may put in line now."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_

from ratchet.store.job_models import AttemptRow, JobRow

_OTHERS_FIRST = timedelta(seconds=5)


def is_due(moment: datetime, node_id: str | None) -> ColumnElement[bool]:
    """Tell which jobs are held and due; those that a node has handed back it leaves to others for a while.

    Whoever puts a job in line begins it at once where it can, so the same node would take it again and again.

    Args:
        moment: The present.
        node_id: Which node asks; None where there are no others.
    """
    due = and_(JobRow.dispatch == "held", JobRow.due_at <= moment)
    if node_id is None:
        return due
    returned = exists().where(
        AttemptRow.job_id == JobRow.id, AttemptRow.node_id == node_id, AttemptRow.status == "returned"
    )
    return and_(due, or_(JobRow.refusals == 0, JobRow.due_at <= moment - _OTHERS_FIRST, ~returned))
