"""Copy everything from one database to another, go on where it was interrupted, and compare the two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, inspect, text

from ratchet.errors import Conflict, Mismatch, Refused
from ratchet.store.columns import plain
from ratchet.store.migrate import check_current, read_schema, upgrade
from ratchet.store.rows import Summary, count, last_key, plain_tables, read_batches, summary_of
from ratchet.store.sqlite import WRITES
from ratchet.store.upsert import insert_missing

_MARK = "ratchet_copy"
Progress = Callable[[int, int], None]
"""Told how many rows are there by now, and how many there will be."""


def unheard(done: int, total: int) -> None:
    """Tell nobody."""


class Copied(NamedTuple):
    """What a copy has come to.

    Args:
        tables: What each table holds, on both sides.
        rows: How many rows were written.
        resumed: Whether rows were there from a copy that was interrupted.
    """

    tables: dict[str, Summary]
    rows: int
    resumed: bool


def copy_store(
    source: Engine, target: Engine, *, origin: str, force: bool = False, progress: Progress = unheard
) -> Copied:
    """Copy every row, and compare the two databases afterwards.

    What was interrupted goes on where it was when it is called again.

    Args:
        origin: What tells the source from others; nobody needs to understand it.
        force: Replace what the target holds.

    Raises:
        Conflict: The target holds something else already.
        Refused: The tables of the source are not up to date, or it is the target.
        Mismatch: The two differ after all: somebody else has written to one of them.
    """
    if source.url == target.url:
        raise Refused("A database cannot be copied to itself", hint="Name another one")
    upgrade(target)
    tables = plain_tables()
    with _reading(source) as reading:
        check_current(read_schema(reading))
        resumed = _prepare(target, tables, plain(origin), force=force)
        rows = _copy_rows(reading, target, tables, progress)
        summaries = {table.name: summary_of(reading, table) for table in tables}
    _compare(target, tables, summaries)
    with _writing(target) as connection:
        connection.execute(text(f"DROP TABLE {_MARK}"))
    return Copied(summaries, rows, resumed)


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """Lend a connection that sees one state of the database to the end; SQLite knows no other."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.execution_options(**options).connect() as connection:
        yield connection


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        yield connection


def _prepare(target: Engine, tables: list[Table], origin: str, *, force: bool) -> bool:
    """Make the target ready for rows, and tell whether an interrupted copy goes on."""
    with _writing(target) as connection:
        marked = inspect(connection).has_table(_MARK)
        before = connection.execute(text(f"SELECT origin FROM {_MARK}")).scalar() if marked else None
        if before == origin and not force:
            return True
        if not force and (marked or any(last_key(connection, table) is not None for table in tables)):
            raise Conflict("The database that is to be written holds something already", hint="`--force` replaces it")
        for table in reversed(tables):
            connection.execute(table.delete())
        if marked:
            connection.execute(text(f"DROP TABLE {_MARK}"))
        connection.execute(text(f"CREATE TABLE {_MARK} (origin TEXT NOT NULL)"))
        connection.execute(text(f"INSERT INTO {_MARK} VALUES (:origin)"), {"origin": origin})
    return False


def _copy_rows(source: Connection, target: Engine, tables: list[Table], progress: Progress) -> int:
    """Copy what is missing at the end of each table, in transactions of one batch; return how many rows they were."""
    with target.connect() as connection:
        there = [(last_key(connection, table), count(connection, table)) for table in tables]
    total, before = sum(count(source, table) for table in tables), sum(rows for _, rows in there)
    copied = 0
    for table, (after, _) in zip(tables, there, strict=True):
        for batch in read_batches(source, table, after):
            with _writing(target) as connection:
                connection.execute(insert_missing(connection, table), [row._asdict() for row in batch])
            copied += len(batch)
            progress(before + copied, total)
    return copied


def _compare(target: Engine, tables: list[Table], expected: dict[str, Summary]) -> None:
    with _reading(target) as connection:
        differing = [table.name for table in tables if summary_of(connection, table) != expected[table.name]]
    if differing:
        names = ", ".join(f"`{name}`" for name in differing)
        raise Mismatch(
            f"The two databases differ in {names}",
            hint="Stop what writes to either of them, and copy again with `--force`",
        )
