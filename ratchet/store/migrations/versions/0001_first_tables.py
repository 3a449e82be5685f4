"""The first tables: tasks that have run, and executions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_LISTED_BY = (
    (),
    ("task",),
    ("status",),
    ("task", "status"),
    ("error",),
    ("task", "error"),
    ("job_id",),
    ("schedule_id",),
    ("parent_id",),
)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "tasks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "digest", name="pk_tasks"),
    )
    op.create_table(
        "executions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.String(9), nullable=False),
        sa.Column("error", sa.String()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("duration_ms", sa.Integer()),
        sa.Column("job_id", sa.String()),
        sa.Column("schedule_id", sa.String()),
        sa.Column("parent_id", sa.String(36)),
        sa.Column("recording", sa.String()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
    )
    for columns in _LISTED_BY:
        whole = (*columns, "created_at", "id")
        op.create_index("ix_executions_" + "_".join(whole), "executions", whole)
