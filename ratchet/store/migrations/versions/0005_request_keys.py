"""Idempotency keys of requests that run a task."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_WORD = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "request_keys",
        sa.Column("key", _WORD, nullable=False),
        sa.Column("digest", _WORD, nullable=False),
        sa.Column("execution_id", _WORD, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_request_keys"),
    )
    op.create_index("ix_request_keys_execution_id", "request_keys", ["execution_id"])
