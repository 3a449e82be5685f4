"""Types of columns that both databases keep alike, to the last digit."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from ratchet.values import Json

# Text is compared by its code points on both: the order of a language has no ranges that an index could serve.
Word = String().with_variant(String(collation="C"), "postgresql")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Moment(TypeDecorator[datetime]):
    """A point in time in UTC, kept as milliseconds since 1970, which both databases sort in no time."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return what is kept."""
        return None if value is None else (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the moment."""
        return None if value is None else _EPOCH + value * _MILLISECOND


class JsonText(TypeDecorator[Json]):
    """A JSON value as ASCII text: PostgreSQL's own types take no NUL and no lone surrogate, which JavaScript has."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str:
        """Return what is kept."""
        return json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        """Return the value."""
        return None if value is None else json.loads(value)


def moment_of(seconds: float) -> datetime:
    """Return the moment so many seconds after the start of 1970, to the millisecond, as documents write it."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment - timedelta(microseconds=moment.microsecond % 1000)


def now() -> datetime:
    """Return the present, to the millisecond."""
    return moment_of(time.time())


def plain(text: str) -> str:
    """Return a text that every database takes: paths may hold bytes that are no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
