"""Insert rows where some may be there already."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ratchet.store.models import Base


def upsert(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *, replace: bool = True) -> None:
    """Insert rows whose primary keys may be there already.

    Args:
        rows: All with the same columns; no two with one key.
        replace: Whether the row that is there takes the values; without it, it stays as it is.
    """
    if rows:
        connection = session.connection()
        connection.execute(_statement(connection.dialect.name, model, tuple(rows[0]), replace), list(rows))


# Made once: building one costs more than it does to run it.
@functools.cache
def _statement(dialect: str, model: type[Base], names: Sequence[str], replace: bool) -> Executable:
    keys = [column.name for column in model.__table__.primary_key]
    others = [name for name in names if name not in keys]
    # The two are alike and share no base that says so.
    if dialect == "sqlite":
        lite = sqlite.insert(model)
        if not replace:
            return lite.on_conflict_do_nothing(index_elements=keys)
        return lite.on_conflict_do_update(index_elements=keys, set_={name: lite.excluded[name] for name in others})
    full = postgresql.insert(model)
    if not replace:
        return full.on_conflict_do_nothing(index_elements=keys)
    return full.on_conflict_do_update(index_elements=keys, set_={name: full.excluded[name] for name in others})


def insert_missing(connection: Connection, table: Table) -> Executable:
    """Return the statement that inserts rows and passes over those whose key is there."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
