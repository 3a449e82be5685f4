"""Rows as a database has them, whatever they mean: read in the order of their keys, and digested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, MetaData, Table, func, select, tuple_
from sqlalchemy.types import TypeDecorator

from ratchet.store.job_models import JobRow

_BATCH = 500


class Summary(NamedTuple):
    """What a table holds, in a few letters.

    Args:
        digest: SHA-256 of all rows in the order of their keys.
    """

    rows: int
    digest: str


def plain_tables() -> list[Table]:
    """Return every table of the store with plain types, those that others refer to first."""
    metadata = MetaData()
    # Those of jobs are the last to be declared.
    return [Table(table.name, metadata, *map(_plain, table.columns)) for table in JobRow.metadata.sorted_tables]


def _plain(column: Column[Any]) -> Column[Any]:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return Column(column.name, kind, primary_key=column.primary_key)


def key_of(table: Table) -> list[Column[Any]]:
    """Return the columns by which the rows of a table are told apart."""
    return list(table.primary_key.columns)


def read_batches(connection: Connection, table: Table, after: Sequence[Any] | None = None) -> Iterator[list[Any]]:
    """Yield the rows of a table in the order of their keys, some at a time.

    Args:
        after: The key of the row before the first.
    """
    key = key_of(table)
    while True:
        statement = select(table).order_by(*key).limit(_BATCH)
        if after is not None:
            statement = statement.where(tuple_(*key) > tuple_(*after, types=[column.type for column in key]))
        rows = list(connection.execute(statement).all())
        if not rows:
            return
        yield rows
        after = [getattr(rows[-1], column.name) for column in key]


def last_key(connection: Connection, table: Table) -> Sequence[Any] | None:
    """Return the key of the last row of a table; None where there is none."""
    key = key_of(table)
    return connection.execute(select(*key).order_by(*(column.desc() for column in key)).limit(1)).first()


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def summary_of(connection: Connection, table: Table) -> Summary:
    """Return how many rows a table has, and the digest of them all."""
    digest = hashlib.sha256()
    rows = 0
    for batch in read_batches(connection, table):
        rows += len(batch)
        for row in batch:
            digest.update(json.dumps(list(row), separators=(",", ":")).encode() + b"\n")
    return Summary(rows, digest.hexdigest())
