"""Run migrations on the connection that is given; Alembic runs this file."""

from __future__ import annotations

from alembic import context

from ratchet.store.migrate import VERSION_TABLE
from ratchet.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    # SQLite changes a column by making the table anew.
    render_as_batch=True,
)
context.run_migrations()
