"""How a database finds the rows of a list."""

from __future__ import annotations

import re

from sqlalchemy import text

from ratchet.store.page import page_statement
from ratchet.store.query import Listing, parse_query
from ratchet.store.store import Store

_SORTS = re.compile("USE TEMP B-TREE FOR ORDER BY|(->  )?Sort ")


class Plan(str):
    """What a database says that it will do, a line a step."""

    def readings(self, table: str) -> list[str]:
        """Return the steps that read a table."""
        reads = re.compile(rf"(SEARCH|SCAN) {table}\b|(->  )?.* Scan .*on {table}\b|(->  )?Bitmap Index Scan")
        return [line for line in self._lines() if reads.match(line)]

    def sorts_what_it_reads(self, table: str, *, is_sqlite: bool) -> bool:
        """Tell whether all the rows that were read are sorted; those of some pages may be once more."""
        lines = self._lines()
        reads = self.readings(table)
        beside = 1 if is_sqlite else -1
        near = [number + beside for number, line in enumerate(lines) if line in reads]
        return any(_SORTS.match(lines[number]) for number in near if 0 <= number < len(lines))

    def _lines(self) -> list[str]:
        return [line.strip() for line in self.splitlines()]


def forget_statistics(store: Store, table: str) -> None:
    """Keep PostgreSQL from counting the rows of a table when it has the time: for so few, it reads them all."""
    if not store.is_sqlite:
        with store.writing() as session:
            session.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))


def plan_of(store: Store, listing: Listing, asked: str) -> Plan:
    """Return the plan for the first page of a list.

    Args:
        asked: As in an address: `task=total&status=failed`.
    """
    pairs = [(name, value) for name, _, value in (each.partition("=") for each in asked.split("&") if each)]
    with store.reading() as session:
        statement = page_statement(session, listing, parse_query(listing, pairs))
        assert statement is not None
        written = statement.compile(dialect=store.engine.dialect, compile_kwargs={"literal_binds": True})
    return explain(store, str(written))


def explain(store: Store, statement: str) -> Plan:
    """Return the plan for a statement."""
    with store.reading() as session:
        # A table of a few rows is read whole, whatever indexes it has.
        if not store.is_sqlite:
            session.execute(text("SET enable_seqscan = off"))
            session.execute(text("SET enable_sort = off"))
        prefix = "EXPLAIN QUERY PLAN" if store.is_sqlite else "EXPLAIN"
        rows = session.connection().exec_driver_sql(f"{prefix} {statement.replace('%', '%%')}").all()
    return Plan("\n".join(str(row[-1]) for row in rows))
