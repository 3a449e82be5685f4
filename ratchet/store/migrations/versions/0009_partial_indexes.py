"""Indexes of executions with an error, a job, a schedule or a parent: the others cost them nothing any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_COLUMNS = (
    ("error", ["error"]),
    ("error", ["task", "error"]),
    ("job_id", ["job_id"]),
    ("schedule_id", ["schedule_id"]),
    ("parent_id", ["parent_id"]),
)


def upgrade() -> None:
    """Make each anew."""
    for column, first in _COLUMNS:
        columns = [*first, "created_at", "id"]
        name = f"ix_executions_{'_'.join(columns)}"
        has_one = sa.text(f"{column} IS NOT NULL")
        op.drop_index(name, "executions")
        op.create_index(name, "executions", columns, sqlite_where=has_one, postgresql_where=has_one)
