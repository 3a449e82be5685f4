"""Jobs from asking to their end, on both databases."""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ratchet.errors import Conflict, InvalidInput, KeyReused, NotFound, Unavailable
from ratchet.execution.runtime import Runtime
from ratchet.jobs.asked import Asked
from ratchet.jobs.asked_schedule import AskedSchedule
from ratchet.jobs.finding import finder_of
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.line import Line
from ratchet.jobs.listing import JOBS, SCHEDULES
from ratchet.jobs.node import list_nodes
from ratchet.jobs.retention import forget_ended
from ratchet.jobs.schedules import Schedules
from ratchet.jobs.service import open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.store.executions import EXECUTIONS
from ratchet.store.keeper import StoreKeeper
from ratchet.store.page import read_page
from ratchet.store.query import parse_query
from ratchet.store.store import Store, open_store
from tests.jobs.conftest import OpenService, until, wait_for
from tests.jobs.tasks import open_tasks


def test_a_job_is_run_and_its_output_kept(open_service: OpenService) -> None:
    service = open_service()
    made = service.jobs.create(Asked("echo", {"a": [1, "ü\0"]}, priority=75))
    assert made.is_new
    assert (made.job["status"], made.job["attempts"]) == ("queued", 0)
    job = wait_for(service, made.job["id"])
    assert (job["status"], job["output"], job["error"], job["priority"]) == ("completed", {"a": [1, "ü\0"]}, None, 75)
    assert [(each["number"], each["status"]) for each in job["history"]] == [(1, "completed")]
    assert job["history"][0]["execution_id"] == job["execution_id"]


def test_what_is_due_does_not_wait_for_the_tidying(open_service: OpenService, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def tidy(line: Line) -> None:
        begun.set()
        may_end.wait(60)

    monkeypatch.setattr(Line, "settle", tidy)
    service = open_service(beat_seconds=0.1)
    assert begun.wait(60)
    made = service.jobs.create(Asked("echo", {}, scheduled_for=datetime.now(UTC) + timedelta(seconds=0.2)))
    try:
        assert wait_for(service, made.job["id"])["status"] == "completed"
    finally:
        may_end.set()


@pytest.mark.parametrize("name", ["\0", "abcd\0", "\ud800", "abcd\udcff"])
def test_what_no_database_can_hold_is_the_name_of_nothing(store: Store, name: str) -> None:
    asking = store, JobSettings(), finder_of(open_tasks(Path()))
    jobs, schedules, keeper = Jobs(*asking), Schedules(*asking), StoreKeeper(store, None)
    for look in (jobs.get, jobs.cancel, jobs.retry, schedules.get, schedules.delete, keeper.find):
        with pytest.raises(NotFound):
            look(name)
    for listing in (JOBS, SCHEDULES, EXECUTIONS):
        with store.reading() as session:
            assert read_page(session, listing, parse_query(listing, [("id", name)])).rows == []


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_an_input_that_is_no_json_is_not_taken_in(open_service: OpenService, number: float) -> None:
    service = open_service()
    with pytest.raises(InvalidInput, match="is not JSON"):
        service.jobs.create(Asked("echo", {"a": number}))
    with pytest.raises(InvalidInput, match="is not JSON"):
        service.schedules.create(AskedSchedule("never", "echo", "0 0 29 2 *", input={"a": number}))


def test_a_job_that_the_engine_cannot_take_now_is_taken_in_all_the_same(
    runtime: Runtime, tasks_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def rename(before: str, after: str) -> None:
        with closing(sqlite3.connect(tmp_path / "engine.db", timeout=60)) as engine:
            engine.execute(f"ALTER TABLE {before} RENAME TO {after}")

    with (
        open_store(f"sqlite:{tmp_path / 'ratchet.db'}") as store,
        open_jobs(store, runtime, open_tasks(tasks_folder)) as service,
    ):
        rename("workflow_status", "away")
        job_id = service.jobs.create(Asked("echo", {})).job["id"]
        assert "engine.db` cannot be used: no such table" in caplog.text
        rename("away", "workflow_status")
        assert wait_for(service, job_id)["status"] == "completed"


def test_what_the_engine_logs_is_one_line_of_ours(open_service: OpenService, caplog: pytest.LogCaptureFixture) -> None:
    open_service()
    logging.getLogger("dbos").error("It has failed:\nTraceback (most recent call last):")
    assert ("ratchet.jobs.dbos_dispatch", logging.WARNING, "the engine: It has failed:") in caplog.record_tuples


def test_the_task_is_told_its_job_and_attempt(open_service: OpenService) -> None:
    service = open_service()
    job_id = service.jobs.create(Asked("context", {})).job["id"]
    assert wait_for(service, job_id)["output"] == {"jobId": job_id, "attempt": 1}
    again = service.jobs.retry(job_id)
    assert again["status"] == "queued"
    job = until(lambda: service.jobs.get(job_id), lambda job: bool(job["attempts"] == 2 and job["finished_at"]))
    assert job["output"] == {"jobId": job_id, "attempt": 2}


def test_a_failure_that_may_pass_is_tried_again_later(open_service: OpenService) -> None:
    service = open_service()
    job = wait_for(service, service.jobs.create(Asked("second_time", {})).job["id"])
    assert (job["status"], job["output"], job["attempts"], job["retries"]) == ("completed", 2, 2, 1)
    first = job["history"][0]
    assert (first["status"], first["error"]["name"]) == ("failed", "NetworkError")
    assert first["finished_at"] <= first["retry_at"] <= job["history"][1]["started_at"]


@pytest.mark.parametrize("task", ["network", "busy"])
def test_a_job_whose_retries_are_used_up_is_a_dead_letter(open_service: OpenService, task: str) -> None:
    service = open_service()
    job = wait_for(service, service.jobs.create(Asked(task, {}, max_retries=2)).job["id"])
    assert (job["status"], job["attempts"], job["retries"]) == ("dead", 3, 2)
    assert service.jobs.stats()["jobs"]["dead"] == 1


@pytest.mark.parametrize(("task", "code"), [("broken", "script_error"), ("wrong_output", "invalid_output")])
def test_a_failure_that_stays_is_not_tried_again(open_service: OpenService, task: str, code: str) -> None:
    service = open_service()
    job = wait_for(service, service.jobs.create(Asked(task, {})).job["id"])
    assert (job["status"], job["attempts"], job["error"]["code"]) == ("failed", 1, code)


def test_an_input_that_the_task_does_not_take_makes_no_job(open_service: OpenService) -> None:
    service = open_service()
    with pytest.raises(InvalidInput, match="does not fit"):
        service.jobs.create(Asked("wait", {"ms": "soon"}))
    with pytest.raises(NotFound, match="There is no task `nothing`"):
        service.jobs.create(Asked("nothing", {}))
    with pytest.raises(InvalidInput, match="no name of a queue"):
        service.jobs.create(Asked("echo", {}, queue="A b"))
    assert sum(service.jobs.stats()["jobs"].values()) == 0


def test_the_same_idempotency_key_makes_one_job(open_service: OpenService) -> None:
    service = open_service()
    asked = Asked("echo", {"n": 1}, idempotency_key="order-1")
    made = []

    def ask() -> None:
        made.append(service.jobs.create(asked))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.is_new for each in made) == 1
    assert len({each.job["id"] for each in made}) == 1
    with pytest.raises(KeyReused, match="has been used for another job"):
        service.jobs.create(asked._replace(input={"n": 2}))
    assert wait_for(service, made[0].job["id"])["attempts"] == 1


def test_urgent_jobs_run_before_those_that_came_earlier(open_service: OpenService) -> None:
    service = open_service(slots=1)
    first = service.jobs.create(Asked("wait", {"ms": 60_000})).job["id"]
    wait_for(service, first, "running")
    ids = [service.jobs.create(Asked("echo", {}, priority=priority)).job["id"] for priority in (25, 50, 75, 100)]
    until(lambda: {"waiting": len(service.node._slots._line)}, lambda seen: bool(seen["waiting"] == len(ids)))
    service.jobs.cancel(first)
    jobs = [wait_for(service, job_id) for job_id in ids]
    assert sorted(jobs, key=lambda job: str(job["started_at"])) == jobs[::-1]


def test_a_job_for_later_is_not_run_before(open_service: OpenService) -> None:
    service = open_service()
    later = datetime.now(UTC) + timedelta(seconds=1.5)
    job_id = service.jobs.create(Asked("echo", {}, scheduled_for=later)).job["id"]
    job = wait_for(service, job_id)
    assert datetime.fromisoformat(job["started_at"]) >= later - timedelta(milliseconds=2)


def test_a_queued_job_that_is_cancelled_is_never_run(open_service: OpenService) -> None:
    service = open_service()
    later = datetime.now(UTC) + timedelta(hours=1)
    job_id = service.jobs.create(Asked("echo", {}, scheduled_for=later)).job["id"]
    assert service.jobs.cancel(job_id)["status"] == "cancelled"
    job = service.jobs.get(job_id)
    assert (job["status"], job["attempts"], job["error"]["code"]) == ("cancelled", 0, "cancelled")
    with pytest.raises(Conflict, match="is cancelled"):
        service.jobs.cancel(job_id)


def test_a_running_job_that_is_cancelled_is_stopped(open_service: OpenService) -> None:
    service = open_service()
    job_id = service.jobs.create(Asked("wait", {"ms": 60_000})).job["id"]
    wait_for(service, job_id, "running")
    service.jobs.cancel(job_id)
    job = wait_for(service, job_id)
    assert (job["status"], job["attempts"], job["history"][0]["status"]) == ("cancelled", 1, "cancelled")


def test_a_queue_and_a_task_run_no_more_at_a_time_than_they_may(open_service: OpenService) -> None:
    service = open_service(slots=4, by_queue={"mail": 1}, by_task={"wait": 2})
    ids = [service.jobs.create(Asked("echo", {"ms": 1}, queue="mail")).job["id"] for _ in range(5)]
    ids += [service.jobs.create(Asked("wait", {"ms": 200})).job["id"] for _ in range(5)]
    jobs = [wait_for(service, job_id) for job_id in ids]
    assert {job["status"] for job in jobs} == {"completed"}
    assert most_at_a_time(jobs[:5]) == 1
    assert most_at_a_time(jobs[5:]) <= 2


def most_at_a_time(jobs: list[dict[str, str]]) -> int:
    """Return how many jobs were worked on at once."""
    moments = [(job["started_at"], 1) for job in jobs] + [(job["finished_at"], -1) for job in jobs]
    running = highest = 0
    for _, change in sorted(moments):
        running += change
        highest = max(highest, running)
    return highest


def test_jobs_are_listed_by_their_fields(open_service: OpenService) -> None:
    service = open_service()
    ids = [service.jobs.create(Asked(task, {}, queue=queue)).job["id"] for task, queue in
           (("echo", "a"), ("broken", "a"), ("echo", "b"))]  # fmt: skip
    for job_id in ids:
        wait_for(service, job_id)

    def found(**filters: str) -> list[str]:
        return [job["id"] for job in service.jobs.list(parse_query(JOBS, filters.items())).items]

    assert found() == ids[::-1]
    assert found(task="echo") == [ids[2], ids[0]]
    assert found(queue="a", status="failed") == [ids[1]]
    page = service.jobs.list(parse_query(JOBS, [("limit", "2")]))
    assert page.following == ids[1]
    assert service.jobs.count(parse_query(JOBS, [("queue", "a")])) == 2
    with pytest.raises(InvalidInput, match="There is no filter `colour`"):
        found(colour="red")


def test_what_is_not_done_when_a_node_is_stopped_is_put_back_for_the_next(open_service: OpenService) -> None:
    service = open_service(slots=1, drain_seconds=0.2)
    running = service.jobs.create(Asked("long_at_first", {})).job["id"]
    waiting = service.jobs.create(Asked("echo", {})).job["id"]
    wait_for(service, running, "running")
    service.close()
    stopped = service.jobs.get(running)
    assert (stopped["status"], stopped["history"][0]["status"], stopped["deaths"]) == ("queued", "returned", 0)
    assert service.jobs.get(waiting)["status"] == "queued"
    assert service.nodes() == []
    following = open_service()
    assert wait_for(following, running)["status"] == "completed"
    assert wait_for(following, waiting)["status"] == "completed"


def test_a_job_asked_for_where_no_node_is_waits_for_one(
    open_service: OpenService, store: Store, tasks_folder: Path
) -> None:
    service = open_service()
    asked_elsewhere = Jobs(store, JobSettings(), finder_of(open_tasks(tasks_folder)))
    job_id = asked_elsewhere.create(Asked("echo", {})).job["id"]
    assert wait_for(service, job_id)["status"] == "completed"


def test_nodes_say_what_they_work_on(open_service: OpenService) -> None:
    service = open_service(slots=3)
    job_id = service.jobs.create(Asked("wait", {"ms": 60_000})).job["id"]
    wait_for(service, job_id, "running")
    (node,) = service.nodes()
    assert (node["status"], node["slots"], node["jobs"]) == ("active", 3, [{"id": job_id, "task": "wait"}])
    assert node["memory_bytes"] > 0
    service.jobs.cancel(job_id)
    wait_for(service, job_id)


def test_ended_jobs_are_forgotten_by_the_rule(open_service: OpenService, store: Store) -> None:
    service = open_service()
    ended = service.jobs.create(Asked("echo", {})).job["id"]
    later = datetime.now(UTC) + timedelta(hours=1)
    waiting = service.jobs.create(Asked("echo", {}, scheduled_for=later)).job["id"]
    wait_for(service, ended)
    assert forget_ended(store, 3600) == 0
    assert forget_ended(store, -1) == 1
    with pytest.raises(NotFound, match="There is no job"):
        service.jobs.get(ended)
    assert service.jobs.get(waiting)["status"] == "queued"


def test_a_node_that_cannot_begin_keeps_nothing(tmp_path: Path, runtime: Runtime, tasks_folder: Path) -> None:
    engine = tmp_path / "engine.db"
    engine.write_text("no database")
    with open_store(f"sqlite:{tmp_path / 'store.db'}") as store:
        with pytest.raises(Unavailable, match="is damaged"):
            open_jobs(store, runtime, open_tasks(tasks_folder))
        assert list_nodes(store) == []
        engine.unlink()
        with open_jobs(store, runtime, open_tasks(tasks_folder)) as service:
            assert [node["id"] for node in service.nodes()] == ["local"]
