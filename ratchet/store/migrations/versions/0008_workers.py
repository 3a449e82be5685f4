"""What the worker processes of each node do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Know nothing of them yet."""
    op.add_column("nodes", sa.Column("workers", sa.Text()))
