"""Executions are kept and found again, in a folder and in a store, which takes over what the folder holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from ratchet import Runtime, Task, run
from ratchet.errors import Conflict, NotFound
from ratchet.execution.document import Execution, new_execution_id
from ratchet.execution.folder_keeper import FolderKeeper
from ratchet.execution.keeper import Keeper, Retention, Wanted
from ratchet.execution.recorded import load_recorded_task, load_recording
from ratchet.execution.replay import replay
from ratchet.jobs.asked import Asked
from ratchet.jobs.life import make_job
from ratchet.jobs.retention import forget_ended
from ratchet.jobs.settings import JobSettings
from ratchet.sandbox.cancellation import Cancellation
from ratchet.store.columns import now
from ratchet.store.job_models import JobRow
from ratchet.store.keeper import StoreKeeper
from ratchet.store.models import RequestKeyRow, TaskRow
from ratchet.store.request_keys import claim_key, first_id
from ratchet.store.store import open_store
from tests.conftest import MakeTask
from tests.store.made import START, make_execution

SOURCE = """({ fail }, { progress }) => {
  console.log("at", Date.now());
  if (fail) throw new RangeError("it \\u0000 fails \\ud800");
  return { chance: Math.random(), one: 1.0 };
}"""
Keep = Callable[..., Execution]


@pytest.fixture
def task(make_task: MakeTask) -> Task:
    return make_task(SOURCE)


@pytest.fixture
def other(make_task: MakeTask) -> Task:
    return make_task(SOURCE, name="other")


@pytest.fixture(params=["folder", "sqlite", "postgresql"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keeper]:
    """Return a folder, and a store of each kind."""
    folder = FolderKeeper(str(tmp_path / "data"))
    if request.param == "folder":
        yield folder
        return
    url = f"sqlite:{tmp_path / 'store.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").make_database()
    opened = StoreKeeper(open_store(url), folder)
    yield opened
    opened.close()


@pytest.fixture
def bare(database_url: str) -> Iterator[StoreKeeper]:
    """Return a store of each kind beside which there is no folder."""
    with closing(StoreKeeper(open_store(database_url), None)) as keeper:
        yield keeper


@pytest.fixture
def keep(runtime: Runtime, keeper: Keeper) -> Keep:
    """Return a function that runs a task and keeps the execution."""

    def run_it(task: Task, *, fail: bool = False) -> Execution:
        execution = run(runtime, task, {"fail": fail}, recorder=keeper.recorder)
        keeper.end(execution).result()
        return execution

    return run_it


def test_what_was_kept_is_found_whole(keeper: Keeper, keep: Keep, task: Task) -> None:
    for execution in (keep(task), keep(task, fail=True)):
        assert keeper.find(execution.id).to_json() == execution.to_json()


def test_what_was_kept_can_be_replayed(keeper: Keeper, keep: Keep, task: Task, runtime: Runtime) -> None:
    where = keeper.find(keep(task).id).recording
    assert where is not None
    result = replay(runtime, load_recording(where), load_recorded_task(where), cancellation=Cancellation())
    assert result.changes == ()


def test_the_newest_are_listed_first(keeper: Keeper, keep: Keep, task: Task, other: Task) -> None:
    first, second, third = keep(task), keep(other, fail=True), keep(task)

    def ids(**wanted: Any) -> list[str]:
        return [execution.id for execution in keeper.newest(Wanted()._replace(**wanted))]

    assert ids() == [third.id, second.id, first.id]
    assert ids(limit=1) == [third.id]
    assert ids(task="probe") == [third.id, first.id]
    assert ids(status="failed") == [second.id]
    assert ids(task="probe", status="failed") == []
    assert ids(task="nobody") == []
    assert ids(after=third.id, limit=1) == [second.id]
    assert ids(since=third.created_at + 1) == []
    assert ids(until=third.created_at + 1) == [third.id, second.id, first.id]


def test_an_id_may_be_cut_short_where_one_begins_so(keeper: Keeper, keep: Keep, task: Task) -> None:
    execution = keep(task)
    assert keeper.find(execution.id[:25]).id == execution.id
    keep(task)
    with pytest.raises(Conflict, match="More than one execution begins with"):
        keeper.find(execution.id[:5])
    for identity in ("", execution.id[:3], "019a-nothing", "../executions"):
        with pytest.raises(NotFound):
            keeper.find(identity)


def test_a_store_takes_over_what_a_folder_holds(
    runtime: Runtime, task: Task, database_url: str, tmp_path: Path
) -> None:
    folder = FolderKeeper(str(tmp_path / "data"))
    executions = [run(runtime, task, {"fail": fail}, recorder=folder) for fail in (False, True)]
    spoilt = tmp_path / "data" / "executions" / "019a0c5e-7d3b-7000-8000-000000000000"
    spoilt.mkdir()
    (spoilt / "session.json").write_text(json.dumps({"schema": "ratchet.execution/1", "id": spoilt.name}))
    with closing(StoreKeeper(open_store(database_url), folder)) as keeper:
        assert keeper.adopt() == 2
        assert keeper.adopt() == 0
        assert [kept.to_json() for kept in keeper.newest(Wanted())] == [each.to_json() for each in reversed(executions)]


def test_the_oldest_are_removed_with_their_recordings(keeper: Keeper, keep: Keep, task: Task, tmp_path: Path) -> None:
    first, second, third, fourth = (keep(task) for _ in range(4))

    def left() -> list[str]:
        ids = [execution.id for execution in keeper.newest(Wanted())]
        assert sorted(path.name for path in (tmp_path / "data" / "executions").iterdir()) == sorted(ids)
        return ids

    assert keeper.prune(Retention()) == 0
    assert keeper.prune(Retention(before=first.created_at - 1, most=4)) == 0
    assert left() == [fourth.id, third.id, second.id, first.id]
    assert keeper.prune(Retention(before=(first.created_at + second.created_at) / 2)) == 1
    assert left() == [fourth.id, third.id, second.id]
    assert keeper.prune(Retention(before=first.created_at - 1, most=1)) == 2
    assert left() == [fourth.id]


def test_states_of_tasks_go_with_the_last_that_names_them(bare: StoreKeeper) -> None:
    def states() -> list[str]:
        with bare.store.reading() as session:
            return sorted(session.scalars(select(TaskRow.digest)))

    for number, digest in enumerate(["first", "second", "first", "third", "fourth"]):
        made = make_execution(number)
        bare.end(made._replace(task=made.task._replace(digest=digest))).result()
    bare.end(make_execution(0, task="other")._replace(id=new_execution_id())).result()
    with bare.store.writing() as session:
        session.add(job := make_job(Asked("total", {}), "total", None, JobSettings(), now()))
        job.digest = "third"
    kept = ["digest of other", "first", "fourth", "second", "third"]
    assert bare.prune(Retention(before=START + 1)) == 2
    assert states() == kept
    bare.prune(Retention(before=START + 2))
    kept.remove("second")
    assert states() == kept
    bare.prune(Retention(before=START + 100))
    kept.remove("first")
    # A job is to run the third, and of each task the last stays.
    assert states() == kept
    with bare.store.writing() as session:
        session.execute(update(JobRow).values(finished_at=now()))
    forget_ended(bare.store, -1)
    kept.remove("third")
    assert states() == kept


def test_keys_of_executions_that_died_with_their_server_are_released(bare: StoreKeeper) -> None:
    ended, lost, fresh = make_execution(0).id, make_execution(1).id, new_execution_id()
    bare.end(make_execution(0)).result()
    with bare.store.writing() as session:
        for identity in (ended, lost, fresh):
            claim_key(session, f"key of {identity}", "digest", identity)

    def left() -> set[str]:
        with bare.store.reading() as session:
            return set(session.scalars(select(RequestKeyRow.execution_id)))

    assert bare.prune(Retention()) == 0
    assert left() == {ended, fresh}
    assert bare.prune(Retention(before=START + 1)) == 1
    assert left() == {fresh}


def test_an_id_lies_beside_the_moment_of_its_claim() -> None:
    second = timedelta(seconds=1)
    assert first_id(now() - second) < new_execution_id() < first_id(now() + second)


def test_executions_that_end_at_once_are_all_kept(bare: StoreKeeper) -> None:
    executions = [make_execution(number) for number in range(60)]
    with ThreadPoolExecutor(16) as threads:
        for kept in list(threads.map(bare.end, executions)):
            kept.result()
    assert [each.id for each in bare.newest(Wanted(limit=100))] == [each.id for each in reversed(executions)]
