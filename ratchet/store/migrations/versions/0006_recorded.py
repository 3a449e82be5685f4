"""Indexes of the executions that are recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make them."""
    recorded = sa.text("recording IS NOT NULL")
    for columns in (["created_at", "id"], ["task", "created_at", "id"]):
        op.create_index(
            f"ix_executions_recorded_{'_'.join(columns)}",
            "executions",
            columns,
            sqlite_where=recorded,
            postgresql_where=recorded,
        )
