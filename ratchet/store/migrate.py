"""Bring the tables of a database up to date."""

from __future__ import annotations

import os
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from ratchet.errors import Conflict, Refused
from ratchet.store.sqlite import WRITES
from ratchet.values import JsonObject

FOLDER = os.path.join(os.path.dirname(__file__), "migrations")
VERSION_TABLE = "ratchet_schema"
# Any number that no other program takes.
_LOCK = 0x7261_7463


class Schema(NamedTuple):
    """How the tables of a database stand.

    Args:
        revision: Of the last migration that was made; None where there are no tables.
        newest: The last migration that this version of Ratchet knows.
        waiting: Migrations still to be made, the oldest first.
        is_foreign: A newer version of Ratchet has made the tables.
    """

    revision: str | None
    newest: str
    waiting: tuple[str, ...]
    is_foreign: bool

    @property
    def is_current(self) -> bool:
        """Whether the tables are as this version of Ratchet has them."""
        return self.revision == self.newest


def read_schema(connection: Connection) -> Schema:
    """Return how the tables stand."""
    scripts = ScriptDirectory(FOLDER)
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    revision = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    is_foreign = revision is not None and revision not in known
    made = known.index(revision) + 1 if revision in known else 0
    return Schema(revision, known[-1], () if is_foreign else tuple(known[made:]), is_foreign)


def upgrade(engine: Engine) -> Schema:
    """Make the migrations that are still to be made, all or none, one process at a time; return how it was before.

    Raises:
        Conflict: A newer version of Ratchet has made the tables.
        Refused: The database does not take every text.
    """
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            _check_encoding(connection)
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        schema = read_schema(connection)
        check_known(schema)
        if not schema.is_current:
            config = Config()
            config.set_main_option("script_location", FOLDER)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return schema


def _check_encoding(connection: Connection) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        hint = "`CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0` makes one that does"
        raise Refused(f"The database is in `{encoding}`, which does not take every text", hint=hint)


def schema_json(schema: Schema) -> JsonObject:
    """Return how the tables stand, for reports."""
    return {"revision": schema.revision, "newest": schema.newest, "waiting": list(schema.waiting)}


def check_known(schema: Schema) -> None:
    """Refuse tables that this version of Ratchet does not know.

    Raises:
        Conflict: A newer version has made them.
    """
    if schema.is_foreign:
        message = f"The database is of a newer version of Ratchet: its tables are at `{schema.revision}`"
        raise Conflict(message, hint=f"Install that version; this one knows them up to `{schema.newest}`")


def check_current(schema: Schema) -> None:
    """Refuse tables that have to be migrated first.

    Raises:
        Conflict: A newer version has made them.
        Refused: An older version has.
    """
    check_known(schema)
    if not schema.is_current:
        raise Refused(
            "The tables of the database are not up to date", hint="`ratchet db upgrade` brings them up to date"
        )
