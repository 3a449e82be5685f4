"""What time it is in a store: all who share a database go by the clock of its server, whatever their own says."""

from __future__ import annotations

import time
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.orm import Session

from ratchet.store.columns import Moment, moment_of, now


class Clock:
    """Goes on from what it was told last, by a clock that nobody sets; until then it is the one of this machine.

    SQLite has no clock beside that of the machine, and tells it nothing.
    """

    def __init__(self) -> None:
        self._ahead: float | None = None

    def set(self, moment: datetime) -> None:
        """Say what time it is in the database."""
        self._ahead = moment.timestamp() - time.monotonic()

    def now(self) -> datetime:
        """Return the present, to the millisecond."""
        return now() if self._ahead is None else moment_of(time.monotonic() + self._ahead)


def now_in(session: Session) -> datetime:
    """Return the present as the store of a session knows it."""
    clock: Clock = session.info[Clock]
    return clock.now()


def database_now(session: Session) -> datetime:
    """Ask the database what time it is."""
    return session.execute(sa.select(sa.type_coerce(_milliseconds(session), Moment))).scalar_one()


def _milliseconds(session: Session) -> ColumnElement[int]:
    if session.get_bind().dialect.name == "postgresql":
        return sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()) * 1000, BigInteger)
    return sa.cast(sa.func.unixepoch("subsec") * 1000, BigInteger)
