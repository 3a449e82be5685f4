"""The first tables: tasks that have run, and executions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_WORD = sa.String().with_variant(sa.String(collation="C"), "postgresql")
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
        sa.Column("name", _WORD, nullable=False),
        sa.Column("digest", _WORD, nullable=False),
        sa.Column("version", _WORD, nullable=False),
        sa.Column("source", _WORD, nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "digest", name="pk_tasks"),
    )
    op.create_table(
        "executions",
        sa.Column("id", _WORD, nullable=False),
        sa.Column("task", _WORD, nullable=False),
        sa.Column("version", _WORD, nullable=False),
        sa.Column("digest", _WORD, nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("error", _WORD),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("duration_ms", sa.Integer()),
        sa.Column("job_id", _WORD),
        sa.Column("schedule_id", _WORD),
        sa.Column("parent_id", _WORD),
        sa.Column("recording", _WORD),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
    )
    for columns in _LISTED_BY:
        whole = (*columns, "created_at", "id")
        op.create_index("ix_executions_" + "_".join(whole), "executions", whole)
