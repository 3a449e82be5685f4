"""Read one page of a list, so that an index leads to its rows whatever the filters are.

An index serves equality and an order at a time. What several values of a field fulfil is asked once for each of them,
each time for as many rows as the page may need; the page is made of what comes back.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, Select, func, select, tuple_
from sqlalchemy.orm import Session

from ratchet.errors import InvalidInput
from ratchet.store.branches import Branches
from ratchet.store.fields import Field, Filter
from ratchet.store.query import Listing, Query
from ratchet.task.text import printable

# Where more combinations of values fit, rows that do are not rare. PostgreSQL plans each of them, for a millisecond,
# and knows besides how often each value is there; one plan for all, as of a lateral join, is wrong for rare values.
_MOST_BRANCHES = {"sqlite": 64, "postgresql": 12}


class Page(NamedTuple):
    """Some rows of a list.

    Args:
        after: What the next page is after; None where this one is the last.
    """

    rows: Sequence[RowMapping]
    after: str | None


def read_page(session: Session, listing: Listing, query: Query) -> Page:
    """Return the rows that a query asks for.

    Raises:
        InvalidInput: The row that the page is to follow is not there.
    """
    statement = page_statement(session, listing, query)
    if statement is None:
        return Page([], None)
    # One more tells whether there is a next page.
    rows = list(session.execute(statement).mappings())
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return Page(rows, rows[-1][listing.key] if more else None)


def count_rows(session: Session, listing: Listing, query: Query) -> int:
    """Return how many rows fit the filters; it takes the longer the more they are."""
    chosen = _values_of(session, query.filters)
    if not all(chosen.values()):
        return 0
    conditions = [*listing.where, *(field.column.in_(values) for field, values in chosen.items())]
    statement = select(func.count()).select_from(listing.model).where(*conditions, *_others(query.filters))
    return session.execute(statement).scalar_one()


def page_statement(session: Session, listing: Listing, query: Query) -> Select[Any] | None:
    """Return the statement for a page and one row more; None where nothing can fit the filters."""
    chosen = _values_of(session, query.filters)
    if not all(chosen.values()):
        return None
    conditions = [*listing.where, *_others(query.filters), *_following(session, listing, query)]
    branches = list(itertools.product(*chosen.values()))
    if len(branches) > _MOST_BRANCHES[session.get_bind().dialect.name]:
        conditions += [field.column.in_(values) for field, values in chosen.items()]
        branches, chosen = [()], {}
    asked = Branches(listing, query, tuple(chosen), branches, conditions)
    if len(branches) == 1:
        return asked.rows(branches[0]).limit(query.limit + 1).offset(query.start)
    together = asked.union()
    order = (together.c[query.sort.column.key], together.c[listing.fields[listing.key].column.key])
    return (
        select(*(together.c[name] for name in listing.shown))
        .order_by(*(column.desc() if query.descending else column for column in order))
        .limit(query.limit + 1)
        .offset(query.start)
    )


def _values_of(session: Session, filters: Sequence[Filter]) -> dict[Field, list[str]]:
    """Return the values that fulfil every filter on a field, for each field whose filters name any."""
    chosen: dict[Field, list[str]] = {}
    for each in filters:
        if each.names_values:
            found = each.chosen(session)
            before = chosen.get(each.field, found)
            chosen[each.field] = [value for value in before if value in found]
    return {field: values for field, values in chosen.items() if not _is_every(session, field, values)}


def _is_every(session: Session, field: Field, values: Sequence[str]) -> bool:
    """Tell whether every row has one of the values."""
    known = field.known(session)
    if known is None or field.column.property.columns[0].nullable:
        return False
    return len(values) == len(known) > 0


def _others(filters: Sequence[Filter]) -> list[ColumnElement[bool]]:
    return [each.condition() for each in filters if not each.names_values]


def _following(session: Session, listing: Listing, query: Query) -> list[ColumnElement[bool]]:
    """Return the condition that rows come after the one that the query names."""
    if query.after is None:
        return []
    key = listing.fields[listing.key].column
    place = session.execute(select(query.sort.column, key).where(key == query.after)).first()
    if place is None:
        raise InvalidInput(f"`after` is `{printable(query.after)}`, which is not in the list any more")
    columns = tuple_(query.sort.column, key)
    last = tuple_(*place, types=[query.sort.column.type, key.type])
    return [columns < last if query.descending else columns > last]
