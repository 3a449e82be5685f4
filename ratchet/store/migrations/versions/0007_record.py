"""Jobs, and schedules that make jobs, whose executions are to be recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Have none so far."""
    for table in ("jobs", "schedules"):
        op.add_column(table, sa.Column("record", sa.Boolean(), nullable=False, server_default=sa.false()))
