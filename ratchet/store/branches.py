"""A page whose rows may have several values of a field, as one statement that reads an index once for each value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, select, union_all

from ratchet.store.fields import Field
from ratchet.store.query import Listing, Query


class Branches(NamedTuple):
    """What a page is made of.

    Args:
        fields: Those that are asked for by values.
        branches: Values of these fields; the rows of a branch have all of them.
        conditions: What all rows fulfil besides.
    """

    listing: Listing
    query: Query
    fields: Sequence[Field]
    branches: Sequence[Sequence[str]]
    conditions: Sequence[ColumnElement[bool]]

    def rows(self, wanted: Sequence[str]) -> Select[Any]:
        """Return the rows of a branch in their order.

        Args:
            wanted: A value for each field.
        """
        listing, query = self.listing, self.query
        equal = (field.column == value for field, value in zip(self.fields, wanted, strict=True))
        order = dict.fromkeys((query.sort.column, listing.fields[listing.key].column))
        return (
            select(*(getattr(listing.model, name) for name in listing.shown))
            .where(*self.conditions, *equal)
            .order_by(*(each.desc() if query.descending else each for each in order))
        )

    def union(self) -> FromClause:
        """Return the first rows of each branch."""
        parts = (select(self.rows(branch).limit(self._most).subquery()) for branch in self.branches)
        return union_all(*parts).subquery()

    @property
    def _most(self) -> int:
        """How many rows of a branch the page can have, and one that tells of a next page."""
        return self.query.start + self.query.limit + 1
