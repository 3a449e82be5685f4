"""When a cron expression is due: a pure rule over a time zone, from one moment on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from ratchet.errors import InvalidInput
from ratchet.task.text import printable

_LONGEST = 200
_LAST_YEAR = 2199
_HINT = "Write five fields: minute, hour, day, month, weekday; six begin with seconds, seven end with a year"


class Rule(NamedTuple):
    """A cron expression in a time zone.

    Args:
        minutes: The five fields that say which minutes.
        seconds: Of each of those minutes, in order.
        years: Of local time; None for all.
    """

    minutes: str
    seconds: tuple[int, ...]
    years: frozenset[int] | None
    zone: ZoneInfo


def parse_rule(cron: str, time_zone: str = "UTC") -> Rule:
    """Return the rule of an expression of five, six or seven fields.

    Raises:
        InvalidInput: It is none, or there is no such time zone.
    """
    fields = cron.split()
    if not 5 <= len(fields) <= 7 or len(cron) > _LONGEST:
        raise _invalid(cron)
    seconds: tuple[int, ...] = (0,)
    years: frozenset[int] | None = None
    if len(fields) > 5:
        seconds = _numbers(fields.pop(0), range(60), cron)
    if len(fields) > 5:
        last = fields.pop()
        years = None if last == "*" else frozenset(_numbers(last, range(1970, _LAST_YEAR + 1), cron))
    minutes = " ".join(fields)
    try:
        CronSim(minutes, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise _invalid(cron) from None
    return Rule(minutes, seconds, years, _zone(time_zone))


def ticks_after(rule: Rule, moment: datetime) -> Iterator[datetime]:
    """Yield when a rule is due after a moment, in UTC, for as long as there are such times.

    As in the cron of Debian, a tick at a fixed time of the day that a change of the clocks leaves out is due right
    after it, and one in an hour that there is twice is due in the first; what is due at intervals goes by time as it
    passes.
    """
    start = moment.astimezone(rule.zone).replace(second=0, microsecond=0)
    for minute in _minutes(rule, start):
        for second in rule.seconds:
            tick = minute + timedelta(seconds=second)
            if tick > moment:
                yield tick


def next_ticks(rule: Rule, moment: datetime, count: int) -> list[datetime]:
    """Return the next times after a moment, as many as there are."""
    return list(islice(ticks_after(rule, moment), count))


def _minutes(rule: Rule, start: datetime) -> Iterator[datetime]:
    """Yield the minutes of a rule from one on, in UTC."""
    before = start.astimezone(UTC) - timedelta(seconds=1)
    while True:
        for minute in CronSim(rule.minutes, before.astimezone(rule.zone)):
            if rule.years is None or minute.year in rule.years:
                yield minute.astimezone(UTC)
            elif minute.year < max(rule.years):
                break
            else:
                return
        else:
            return
        year = min(each for each in rule.years if each > minute.year)
        before = datetime(year, 1, 1, tzinfo=rule.zone).astimezone(UTC) - timedelta(seconds=1)


def _numbers(field: str, allowed: range, cron: str) -> tuple[int, ...]:
    """Return the numbers that a field of seconds or years stands for, in order."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        low, high = (allowed[0], allowed[-1]) if span == "*" else (_number(first, cron), _number(last or first, cron))
        if "/" in part and not dash:
            high = allowed[-1]
        stride = _number(step, cron) if "/" in part else 1
        if stride < 1 or low > high or low not in allowed or high not in allowed:
            raise _invalid(cron)
        found.update(range(low, high + 1, stride))
    return tuple(sorted(found))


def _number(text: str, cron: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise _invalid(cron)
    return int(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = "Write a name of the IANA database, such as `Europe/Berlin`"
        raise InvalidInput(f"There is no time zone `{printable(name)}`", hint=hint) from None


def _invalid(cron: str) -> InvalidInput:
    return InvalidInput(f"`{printable(cron, 80)}` is no cron expression", hint=_HINT)
