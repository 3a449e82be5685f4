"""When cron expressions are due, over ten simulated years with their changes of the clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest

from ratchet.errors import InvalidInput
from ratchet.jobs.cron import next_ticks, parse_rule, ticks_after

START = datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC)
END = datetime(2035, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
Fits = Callable[[datetime], bool]


def due(cron: str, zone: str) -> list[datetime]:
    """Return every tick of ten years."""
    return list(takewhile(lambda tick: tick < END, ticks_after(parse_rule(cron, zone), START)))


def local_days(zone: ZoneInfo) -> Iterator[date]:
    """Yield every day that begins before the end."""
    day = START.astimezone(zone).date()
    while datetime.combine(day, time(), zone) < END:
        yield day
        day += timedelta(days=1)


def at_fixed_time(zone: ZoneInfo, hour: int, minute: int, fits: Callable[[date], bool]) -> list[datetime]:
    """Return the ticks of a time of the day: after a gap where it falls into one, in the first of two equal hours."""
    found = []
    for day in local_days(zone):
        wall = datetime.combine(day, time(hour, minute), zone)
        moment = wall.astimezone(UTC)
        while moment.astimezone(zone).replace(tzinfo=None) < wall.replace(tzinfo=None):
            moment += timedelta(minutes=1)
        if wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
            moment = end_of_gap(wall, zone)
        if fits(day) and START < moment < END:
            found.append(moment)
    return found


def end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment after a local time that the clocks leave out."""
    moment = wall.astimezone(UTC) - timedelta(hours=3)
    offset = moment.astimezone(zone).utcoffset()
    while moment.astimezone(zone).utcoffset() == offset:
        moment += timedelta(minutes=1)
    return moment


def by_the_half_hour(zone: ZoneInfo, fits: Fits) -> list[datetime]:
    """Return the halves of an hour, as time passes, whose local time fits."""
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    found = []
    while moment < END:
        if fits(moment.astimezone(zone)):
            found.append(moment)
        moment += timedelta(minutes=30)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("hour", "minute"), [(2, 30), (1, 45), (12, 15)])
def test_a_fixed_time_is_due_once_a_day(zone: str, hour: int, minute: int) -> None:
    assert due(f"{minute} {hour} * * *", zone) == at_fixed_time(ZoneInfo(zone), hour, minute, lambda day: True)


@pytest.mark.parametrize("zone", ZONES)
def test_a_fixed_time_of_some_days_is_due_on_those(zone: str) -> None:
    monday = at_fixed_time(ZoneInfo(zone), 9, 0, lambda day: day.weekday() == 0)
    assert due("0 9 * * MON", zone) == monday
    first_or_friday = at_fixed_time(ZoneInfo(zone), 0, 30, lambda day: day.day == 1 or day.weekday() == 4)
    assert due("30 0 1 * 5", zone) == first_or_friday
    leap = at_fixed_time(ZoneInfo(zone), 6, 0, lambda day: (day.month, day.day) == (2, 29))
    assert due("0 6 29 2 *", zone) == leap
    assert len(leap) == 2


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_due_at_intervals_goes_by_time_as_it_passes(zone: str) -> None:
    assert due("0 * * * *", zone) == by_the_half_hour(ZoneInfo(zone), lambda local: local.minute == 0)
    assert due("*/30 1-3 * * *", zone) == by_the_half_hour(ZoneInfo(zone), lambda local: 1 <= local.hour <= 3)


@pytest.mark.parametrize("zone", ZONES)
def test_ticks_only_ever_go_forward_and_do_not_depend_on_where_one_begins(zone: str) -> None:
    for cron in ("30 2 * * *", "0,40 */3 * * *", "10,50 15 2 * * *", "0 0 1 * *"):
        whole = list(takewhile(lambda tick: tick.year == 2025, ticks_after(parse_rule(cron, zone), START)))
        assert whole == sorted(set(whole))
        rule = parse_rule(cron, zone)
        stepped: list[datetime] = []
        moment = START
        for _ in range(min(200, len(whole))):
            moment = next_ticks(rule, moment, 1)[0]
            stepped.append(moment)
        assert stepped == whole[: len(stepped)]


def test_six_fields_begin_with_seconds_and_seven_end_with_a_year() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert [tick.isoformat() for tick in next_ticks(parse_rule("*/20 30 4 * * *"), start, 4)] == [
        "2026-01-01T04:30:00+00:00",
        "2026-01-01T04:30:20+00:00",
        "2026-01-01T04:30:40+00:00",
        "2026-01-02T04:30:00+00:00",
    ]
    assert [tick.isoformat() for tick in next_ticks(parse_rule("5,10 0 0 1 1 * 2028-2029,2035"), start, 9)] == [
        "2028-01-01T00:00:05+00:00",
        "2028-01-01T00:00:10+00:00",
        "2029-01-01T00:00:05+00:00",
        "2029-01-01T00:00:10+00:00",
        "2035-01-01T00:00:05+00:00",
        "2035-01-01T00:00:10+00:00",
    ]
    assert next_ticks(parse_rule("0 0 0 1 1 * 2020"), start, 1) == []
    assert next_ticks(parse_rule("0 0 0 1 1 * *"), start, 1) == [datetime(2027, 1, 1, tzinfo=UTC)]


def test_seconds_follow_the_clocks_as_minutes_do() -> None:
    zone = "Europe/Berlin"
    assert due("0 30 2 * * *", zone) == due("30 2 * * *", zone)


@pytest.mark.parametrize(
    "cron",
    ["", "* * * *", "* * * * * * * *", "60 * * * *", "* 24 * * *", "* * 32 * *", "* * * 13 *", "* * * * 8",
     "61 * * * * *",
     "a * * * *", "*/0 * * * *", "5-1 * * * * *", "*/0 * * * * *", "0 0 0 1 1 * 1900", "0 0 0 1 1 * 20250",
     "0 0 30 2 *",      "@daily", "* * * * *" + " " * 200],
)  # fmt: skip
def test_what_is_no_expression_is_refused(cron: str) -> None:
    with pytest.raises(InvalidInput, match="is no cron expression"):
        parse_rule(cron)


@pytest.mark.parametrize("zone", ["", "Nowhere", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_that_there_is_not_is_refused(zone: str) -> None:
    with pytest.raises(InvalidInput, match="There is no time zone"):
        parse_rule("* * * * *", zone)
