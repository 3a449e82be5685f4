"""Schedules: made, changed, triggered, and fired by nodes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from ratchet.errors import Conflict, InvalidInput, NotFound
from ratchet.jobs.asked_schedule import AskedSchedule
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.listing import JOBS, SCHEDULES
from ratchet.jobs.schedules import preview
from ratchet.jobs.service import JobService
from ratchet.store.job_models import ScheduleRow
from ratchet.store.query import parse_query
from ratchet.store.store import Store
from ratchet.values import JsonObject
from tests.jobs.conftest import OpenService, until, wait_for

EVERY_SECOND = "* * * * * *"
YEARLY = AskedSchedule("yearly", "echo", "0 0 1 1 *", {"n": 1})


def jobs_of(jobs: Jobs, schedule: JsonObject) -> list[JsonObject]:
    """Return the jobs of a schedule, the oldest first."""
    return list(jobs.list(parse_query(JOBS, [("schedule_id", schedule["id"])])).items)[::-1]


def let_it_be_due(store: Store, schedule: JsonObject, ago: timedelta) -> None:
    """Set the next tick of a schedule, to a second, some time ago."""
    due = (datetime.now(UTC) - ago).replace(microsecond=0)
    with store.writing() as session:
        session.execute(update(ScheduleRow).where(ScheduleRow.id == schedule["id"]).values(next_at=due, enabled=True))


def until_fired(service: JobService, name: str, count: int) -> JsonObject:
    """Return a schedule once it has made so many jobs."""
    return until(lambda: service.schedules.get(name), lambda schedule: bool(schedule["fired"] >= count))


def test_a_schedule_makes_a_job_at_each_tick_until_it_has_made_all(open_service: OpenService) -> None:
    service = open_service()
    made = service.schedules.create(AskedSchedule("often", "echo", EVERY_SECOND, {"n": 1}, max_executions=3))
    assert (made["enabled"], made["fired"]) == (True, 0)
    ended = until_fired(service, "often", 3)
    assert (ended["enabled"], ended["next_at"], ended["fired"]) == (False, None, 3)
    jobs = [wait_for(service, job["id"]) for job in jobs_of(service.jobs, made)]
    ticks = [datetime.fromisoformat(str(job["tick"])) for job in jobs]
    # On a busy machine some pass by.
    assert ticks == sorted(set(ticks))
    assert {tick.microsecond for tick in ticks} == {0}
    assert [(job["status"], job["output"]) for job in jobs] == [("completed", {"n": 1})] * 3
    with pytest.raises(Conflict, match="has made all 3 jobs"):
        service.schedules.enable("often")


def test_a_schedule_cannot_take_the_place_of_another_by_its_name(open_service: OpenService) -> None:
    schedules = open_service().schedules
    ids = [schedules.create(YEARLY._replace(name=f"s{number}"))["id"] for number in range(2)]
    for own, other in (ids, ids[::-1]):
        schedules.replace(own, YEARLY._replace(name=other))
    for schedule_id in ids:
        assert schedules.get(schedule_id)["id"] == schedule_id
    schedules.delete(ids[0])
    assert schedules.get(ids[1])["id"] == ids[1]


@pytest.mark.parametrize("overlap", ["skip", "queue"])
def test_ticks_that_may_not_overlap_are_left_out_or_wait(open_service: OpenService, store: Store, overlap: str) -> None:
    service = open_service(slots=4)
    asked = AskedSchedule("busy", "wait", EVERY_SECOND, {"ms": 400}, overlap=overlap, max_executions=3)
    made = service.schedules.create(asked._replace(enabled=False))
    let_it_be_due(store, made, timedelta(seconds=5))
    until_fired(service, "busy", 3)
    jobs = [wait_for(service, job["id"]) for job in jobs_of(service.jobs, made)]
    assert {job["status"] for job in jobs} == {"completed"}
    moments = sorted([(job["started_at"], 1) for job in jobs] + [(job["finished_at"], -1) for job in jobs])
    running = [sum(change for _, change in moments[: number + 1]) for number in range(len(moments))]
    assert max(running) == 1
    assert (service.schedules.get("busy")["skipped"] > 0) == (overlap == "skip")


def test_ticks_that_may_overlap_run_side_by_side(open_service: OpenService, store: Store) -> None:
    service = open_service(slots=4)
    asked = AskedSchedule("busy", "wait", EVERY_SECOND, {"ms": 60_000}, overlap="parallel", max_executions=3)
    made = service.schedules.create(asked._replace(enabled=False))
    let_it_be_due(store, made, timedelta(seconds=5))
    until(service.jobs.stats, lambda seen: bool(seen["jobs"]["running"] == 3))
    for job in jobs_of(service.jobs, made):
        service.jobs.cancel(job["id"])
    assert service.schedules.get("busy")["skipped"] == 0


@pytest.mark.parametrize(("misfire", "fired"), [("skip", 0), ("run_once", 1), ("run_all", 4)])
def test_ticks_at_which_no_node_was_up_follow_the_policy(
    open_service: OpenService, store: Store, misfire: str, fired: int
) -> None:
    service = open_service()
    # Half an hour from the last tick and from the next one.
    due = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=3, minutes=30)
    cron = f"{due.minute} * * * *"
    hourly = AskedSchedule("hourly", "echo", cron, {}, overlap="parallel", misfire=misfire, enabled=False)
    made = service.schedules.create(hourly)
    with store.writing() as session:
        session.execute(update(ScheduleRow).where(ScheduleRow.id == made["id"]).values(next_at=due, enabled=True))
    now = until(
        lambda: service.schedules.get("hourly"),
        lambda schedule: datetime.fromisoformat(schedule["next_at"]) > datetime.now(UTC),
    )
    assert now["fired"] == fired
    assert len(jobs_of(service.jobs, made)) == fired


def test_a_schedule_is_triggered_beside_its_ticks(open_service: OpenService) -> None:
    service = open_service()
    made = service.schedules.create(YEARLY)
    job = service.schedules.trigger("yearly")
    assert (job["schedule_id"], job["tick"]) == (made["id"], None)
    assert wait_for(service, job["id"])["output"] == {"n": 1}
    assert service.schedules.get(made["id"])["last_job_id"] == job["id"]


def test_a_schedule_is_changed_disabled_and_deleted(open_service: OpenService) -> None:
    service = open_service()
    made = service.schedules.create(YEARLY)
    year = datetime.now(UTC).year + 1
    assert made["next_at"] == f"{year}-01-01T00:00:00.000Z"
    changed = service.schedules.asked("yearly")._replace(time_zone="Europe/Berlin", priority=100, name="new-year")
    assert service.schedules.replace("yearly", changed)["next_at"] == f"{year - 1}-12-31T23:00:00.000Z"
    assert service.schedules.enable("new-year", enabled=False)["next_at"] is None
    assert service.schedules.enable("new-year")["enabled"]
    listed = service.schedules.list(parse_query(SCHEDULES, [("task", "echo")])).items
    assert [(schedule["name"], schedule["priority"]) for schedule in listed] == [("new-year", 100)]
    service.schedules.delete("new-year")
    with pytest.raises(NotFound, match="There is no schedule `new-year`"):
        service.schedules.get("new-year")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cron": "every day"}, "is no cron expression"),
        ({"time_zone": "Mars"}, "There is no time zone"),
        ({"overlap": "wait"}, "`overlap` is `wait`"),
        ({"misfire": "wait"}, "`misfire` is `wait`"),
        ({"max_executions": 0}, "`max_executions` is not"),
        ({"name": "A B"}, "is no name of a schedule"),
    ],
)
def test_what_no_schedule_can_have_is_refused(change: JsonObject, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        YEARLY._replace(**change).check()


def test_two_schedules_have_two_names(open_service: OpenService) -> None:
    service = open_service()
    service.schedules.create(YEARLY)
    with pytest.raises(Conflict, match="There is a schedule `yearly` already"):
        service.schedules.create(YEARLY)


def test_the_next_times_can_be_looked_at_ahead() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert preview("30 2 * * *", "Europe/Berlin", 3, start) == [
        "2026-03-29T01:00:00.000Z",
        "2026-03-30T00:30:00.000Z",
        "2026-03-31T00:30:00.000Z",
    ]
    with pytest.raises(InvalidInput, match="`count`"):
        preview("30 2 * * *", "UTC", 0)
