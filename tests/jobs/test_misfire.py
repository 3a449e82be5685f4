"""What becomes of ticks at which nobody was there, over ten simulated years."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from ratchet.jobs.cron import Rule, next_ticks, parse_rule, ticks_after
from ratchet.jobs.misfire import GRACE, Due, find_due
from ratchet.jobs.words import MISFIRES

START = datetime(2025, 1, 1, tzinfo=UTC)
END = datetime(2035, 1, 1, tzinfo=UTC)
HOURLY = parse_rule("0 * * * *", "America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-01T{text}+00:00")


def test_a_tick_that_is_still_to_come_makes_no_job() -> None:
    assert find_due(HOURLY, at("05:00"), at("04:59:59"), "run_all") == Due((), at("05:00"))


@pytest.mark.parametrize("misfire", MISFIRES)
def test_a_tick_in_time_makes_a_job_whatever_the_policy(misfire: str) -> None:
    assert find_due(HOURLY, at("05:00"), at("05:00:30"), misfire) == Due((at("05:00"),), at("06:00"))


def test_late_ticks_follow_the_policy() -> None:
    now = at("09:30")
    assert find_due(HOURLY, at("05:00"), now, "skip") == Due((), at("10:00"))
    assert find_due(HOURLY, at("05:00"), now, "run_once") == Due((at("05:00"),), at("10:00"))
    every = tuple(at(f"0{hour}:00") for hour in range(5, 10))
    assert find_due(HOURLY, at("05:00"), now, "run_all") == Due(every, at("10:00"))


def test_late_ticks_and_one_in_time_come_together() -> None:
    now = at("09:00:10")
    assert find_due(HOURLY, at("05:00"), now, "skip").ticks == (at("09:00"),)
    assert find_due(HOURLY, at("05:00"), now, "run_once").ticks == (at("05:00"), at("09:00"))


def test_many_missed_ticks_are_made_up_for_a_thousand_at_a_time() -> None:
    rule = parse_rule("* * * * *")
    now = START + timedelta(days=2)
    made: list[datetime] = []
    next_at, rounds = START, 0
    while next_at <= now:
        due = find_due(rule, next_at, now, "run_all")
        assert due.next_at is not None
        made += due.ticks
        next_at, rounds = due.next_at, rounds + 1
    assert made == [START + timedelta(minutes=minute) for minute in range(2 * 24 * 60 + 1)]
    assert rounds == 3


def test_a_rule_that_ends_has_no_next_tick() -> None:
    rule = parse_rule("0 0 0 1 1 * 2026")
    assert find_due(rule, datetime(2026, 1, 1, tzinfo=UTC), at("00:00:05"), "skip") == Due((at("00:00"),), None)


@pytest.mark.parametrize("misfire", MISFIRES)
@pytest.mark.parametrize("cron", ["30 2 * * *", "0 */6 * * *"])
def test_over_ten_years_with_outages_every_tick_is_dealt_with_once(cron: str, misfire: str) -> None:
    rule = parse_rule(cron, "Europe/Berlin")
    chance = random.Random(f"{cron} {misfire}")
    fired, now = simulate(rule, misfire, chance)
    expected = [tick for tick in all_ticks(rule) if tick <= now]
    assert fired == sorted(set(fired))
    assert set(fired) <= set(expected)
    if misfire == "run_all":
        assert fired == expected
    else:
        assert len(expected) > len(fired) > len(expected) // 20


def simulate(rule: Rule, misfire: str, chance: random.Random) -> tuple[list[datetime], datetime]:
    """Look every ten to twenty seconds around each tick, with an outage of days now and then; return what fired."""
    fired: list[datetime] = []
    next_at: datetime | None = next_ticks(rule, START, 1)[0]
    now = START
    while next_at is not None and next_at < END:
        is_away = chance.random() < 0.02
        now = next_at + (
            timedelta(hours=chance.uniform(1, 200)) if is_away else timedelta(seconds=chance.uniform(0, 20))
        )
        late = next_at
        due = find_due(rule, next_at, now, misfire)
        if not is_away:
            assert due.ticks[0] == next_at
        elif misfire == "run_once":
            assert due.ticks[0] == late
            assert all(now - tick <= GRACE for tick in due.ticks[1:])
        elif misfire == "skip":
            assert all(now - tick <= GRACE for tick in due.ticks)
        fired += due.ticks
        next_at = due.next_at
        assert next_at is None or next_at > now or len(due.ticks) == 1000
    return fired, now


def all_ticks(rule: Rule) -> list[datetime]:
    """Return every tick of ten years and a little more."""
    found = []
    for tick in ticks_after(rule, START):
        if tick > END + timedelta(days=10):
            break
        found.append(tick)
    return found
