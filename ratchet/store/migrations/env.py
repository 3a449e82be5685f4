"""Run migrations on the connection that is given; Alembic runs this file."""

from __future__ import annotations

from alembic import context

from ratchet.store.job_models import JobRow
from ratchet.store.migrate import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    # Of every table: those of jobs are the last to be declared.
    target_metadata=JobRow.metadata,
    version_table=VERSION_TABLE,
    # SQLite changes a column by making the table anew.
    render_as_batch=True,
)
context.run_migrations()
