"""Jobs whose task is another, or none, on the node that they come to."""

from __future__ import annotations

import functools
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from ratchet.jobs.asked import Asked
from ratchet.jobs.finding import finder_of
from ratchet.jobs.handing_back import MOST_REFUSALS
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.membership import Me, join
from ratchet.jobs.settings import JobSettings
from ratchet.store.job_models import JobRow
from ratchet.store.store import Store, open_store
from ratchet.values import JsonObject
from tests.jobs.conftest import OpenService, until, wait_for
from tests.jobs.node_process import running_node
from tests.jobs.tasks import SOURCES, open_tasks, write_task, write_tasks
from tests.postgres import Postgres


def make_waiting(store: Store, tasks: Path, value: JsonObject) -> str:
    """Ask for a job where no node is yet, and return its id."""
    return str(Jobs(store, JobSettings(), finder_of(open_tasks(tasks))).create(Asked("echo", value)).job["id"])


def remove(task: Path) -> None:
    shutil.rmtree(task)


def change(task: Path) -> None:
    (task / "main.js").write_text("export default () => 0;")


def rename(task: Path) -> None:
    write_task(task.parent, task.name, "export default () => 0;", version="2.0.0")


def break_metadata(task: Path) -> None:
    (task / "metadata.json").write_text("{")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (remove, "There is no task `echo`"),
        (change, "was asked for"),
        (rename, "There is no `echo@1.0.0`"),
        (break_metadata, "metadata.json` is left out: The JSON ends too early"),
    ],
)
def test_a_job_waits_for_its_task_and_says_so(
    open_service: OpenService,
    store: Store,
    tasks_folder: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[Path], None],
    reason: str,
) -> None:
    caplog.set_level(logging.INFO, "ratchet.jobs")
    job_id = make_waiting(store, tasks_folder, {"n": 1})
    spoil(tasks_folder / "echo")
    service = open_service()
    waiting = until(lambda: service.jobs.get(job_id), lambda job: bool(job["refusals"] and job["status"] == "queued"))
    assert (waiting["error"]["code"], reason in waiting["error"]["message"]) == ("not_found", True)
    assert (waiting["history"][0]["status"], waiting["history"][0]["error"]) == ("returned", waiting["error"])
    line = f"job {job_id} is handed back: {waiting['error']['message']}"
    # Said when it has been written, and so seen later.
    until(lambda: {"said": caplog.messages}, lambda seen: line in seen["said"])
    write_task(tasks_folder, "echo", SOURCES["echo"])
    job = wait_for(service, job_id)
    assert (job["status"], job["output"], job["retries"], job["error"]) == ("completed", {"n": 1}, 0, None)


def test_a_job_of_a_schedule_that_no_node_had_the_task_of_waits_too(
    open_service: OpenService, store: Store, tasks_folder: Path
) -> None:
    job_id = make_waiting(store, tasks_folder, {})
    with store.writing() as session:
        session.execute(update(JobRow).values(version=None, digest=None))
    remove(tasks_folder / "echo")
    service = open_service()
    until(lambda: service.jobs.get(job_id), lambda job: bool(job["refusals"] and job["status"] == "queued"))
    write_task(tasks_folder, "echo", SOURCES["echo"])
    assert wait_for(service, job_id)["status"] == "completed"


@pytest.mark.parametrize("busy", [True, False])
def test_a_job_is_given_up_once_every_node_has_handed_it_back(
    open_service: OpenService, store: Store, tasks_folder: Path, busy: bool
) -> None:
    job_id = make_waiting(store, tasks_folder, {})
    with store.writing() as session:
        session.execute(update(JobRow).values(refusals=MOST_REFUSALS))
        if busy:
            join(session, Me("busy", "executor"), 1)
    remove(tasks_folder / "echo")
    service = open_service()
    job = until(lambda: service.jobs.get(job_id), lambda job: bool(job["refusals"] > MOST_REFUSALS))
    if busy:
        assert (job["status"], job["error"]["message"]) == ("queued", "There is no task `echo` in any source")
    else:
        assert (job["status"], job["error"]["code"]) == ("failed", "not_found")
        assert (job["error"]["message"], job["error"]["hint"]) == (
            "No node has the task that was asked for",
            "There is no task `echo` in any source",
        )


def test_of_two_nodes_the_one_that_has_the_task_runs_it(postgres: Postgres, tasks_folder: Path, tmp_path: Path) -> None:
    url, others = postgres.make_database(), write_tasks(tmp_path / "others")
    change(others / "echo")
    with open_store(url) as store, running_node(url, tasks_folder), running_node(url, others):
        ids = [make_waiting(store, tasks_folder, {"n": number}) for number in range(6)]
        jobs = Jobs(store, JobSettings(), finder_of(open_tasks(tasks_folder)))
        done = [until(functools.partial(jobs.get, job_id), lambda job: bool(job["finished_at"])) for job_id in ids]
    assert [job["output"] for job in done] == [{"n": number} for number in range(6)]
    assert len({job["node_id"] for job in done}) == 1
