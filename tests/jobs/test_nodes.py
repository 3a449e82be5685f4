"""Nodes as processes that are killed at random moments: no job is lost, and none is finished twice."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ratchet.execution.runtime import Runtime
from ratchet.jobs.asked import Asked
from ratchet.jobs.asked_schedule import AskedSchedule
from ratchet.jobs.finding import finder_of
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.listing import JOBS
from ratchet.jobs.node import list_nodes
from ratchet.jobs.schedules import Schedules
from ratchet.jobs.service import open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.store.job_models import AttemptRow, JobRow
from ratchet.store.query import parse_query
from ratchet.store.store import Store, open_store
from ratchet.values import JsonObject
from tests.jobs.conftest import until
from tests.jobs.node_process import Node, kill_node, running_node
from tests.jobs.tasks import open_tasks
from tests.postgres import Postgres

TAKEOVER_SECONDS = 30.0


class Kills:
    """Jobs that flow while nodes are killed.

    Args:
        url: Of the database.
        count: How many nodes there are.
        stack: Ends the nodes.
    """

    def __init__(self, url: str, tasks: Path, count: int, chance: random.Random, stack: ExitStack) -> None:
        self._url = url
        self._tasks = tasks
        self._chance = chance
        self._stack = stack
        self._nodes = [self._start() for _ in range(count)]
        self._made = 0

    def kill_one(self, jobs: Jobs) -> None:
        """Ask for jobs, kill a node while they run, start another, and ask again for what was asked before."""
        numbers = range(self._made, self._made + 5)
        self._made += 5
        # A moment that nobody knows beforehand is what is tested: some of the jobs have ended, others not.
        ended = jobs.stats()["jobs"]["completed"] + self._chance.randrange(1, 4)
        for number in numbers:
            self.ask(jobs, number)
        victim = self._chance.randrange(len(self._nodes))
        until(lambda: jobs.stats()["jobs"], lambda counted: bool(counted["completed"] >= ended))
        kill_node(self._nodes[victim])
        self._nodes[victim] = self._start()
        for number in numbers:
            self.ask(jobs, number)

    def _start(self) -> Node:
        return self._stack.enter_context(running_node(self._url, self._tasks))

    def ask(self, jobs: Jobs, number: int) -> None:
        """Ask for a job by its key."""
        jobs.create(Asked("wait", {"ms": 20 * (number % 20)}, idempotency_key=f"key-{number}"))

    @property
    def made(self) -> int:
        """How many jobs there must be."""
        return self._made


@contextmanager
def asking(url: str, tasks: Path) -> Iterator[tuple[Store, Jobs]]:
    """Lend the jobs of a database to somebody who is no node."""
    with open_store(url) as store:
        yield store, Jobs(store, JobSettings(), finder_of(open_tasks(tasks)))


def check_rounds(url: str, tasks: Path, nodes: int, rounds: int) -> Mapping[str, float]:
    """Kill nodes so many times and see that each job has been finished once; return what was seen."""
    with ExitStack() as stack, asking(url, tasks) as (store, jobs):
        kills = Kills(url, tasks, nodes, random.Random(7), stack)
        for _ in range(rounds):
            kills.kill_one(jobs)
        killed = time.monotonic()
        done = until(
            lambda: jobs.stats()["jobs"],
            lambda counted: bool(counted["queued"] == counted["running"] == 0),
        )
        waited = time.monotonic() - killed
        with store.reading() as session:
            finished = session.execute(
                select(AttemptRow.job_id, func.count())
                .where(AttemptRow.status == "completed")
                .group_by(AttemptRow.job_id)
            ).all()
            deaths = session.execute(select(func.sum(JobRow.deaths))).scalar_one()
        # A job of which five nodes died is given up, and stands among the dead letters.
        assert done["completed"] + done["dead"] == kills.made
        assert [count for _, count in finished] == [1] * done["completed"]
        return {"jobs": kills.made, "deaths": deaths, "dead": done["dead"], "last_seconds": waited}


def test_a_server_on_sqlite_that_is_killed_loses_no_job(tmp_path: Path, tasks_folder: Path) -> None:
    seen = check_rounds(f"sqlite:{tmp_path / 'ratchet.db'}", tasks_folder, 1, 4)
    assert seen["deaths"] > 0


def test_of_two_nodes_on_postgresql_one_that_is_killed_loses_no_job(postgres: Postgres, tasks_folder: Path) -> None:
    seen = check_rounds(postgres.make_database(), tasks_folder, 2, 3)
    assert seen["last_seconds"] < TAKEOVER_SECONDS


def test_another_node_takes_over_by_the_default_settings(postgres: Postgres, tasks_folder: Path) -> None:
    url = postgres.make_database()
    with (
        asking(url, tasks_folder) as (store, jobs),
        running_node(url, tasks_folder) as one,
        running_node(url, tasks_folder) as other,
    ):
        nodes = {node.pid: node for node in (one, other)}
        job_id = jobs.create(Asked("long_at_first", {})).job["id"]
        job = until(lambda: jobs.get(job_id), lambda job: job["status"] == "running")
        (victim,) = (node["pid"] for node in list_nodes(store) if node["id"] == job["history"][0]["node_id"])
        kill_node(nodes[victim])
        killed = time.monotonic()
        job = until(lambda: jobs.get(job_id), lambda job: job["attempts"] == 2)
        assert time.monotonic() - killed < TAKEOVER_SECONDS
        assert (job["deaths"], job["history"][0]["status"]) == (1, "lost")
        job = until(lambda: jobs.get(job_id), lambda job: job["status"] == "completed")
        assert job["history"][0]["node_id"] != job["history"][1]["node_id"]
        assert [node["status"] for node in list_nodes(store)] == ["active"]


def test_a_job_of_which_five_nodes_die_is_a_dead_letter(tmp_path: Path, tasks_folder: Path) -> None:
    url = f"sqlite:{tmp_path / 'ratchet.db'}"
    with asking(url, tasks_folder) as (_, jobs):
        job_id = jobs.create(Asked("wait", {"ms": 59_000})).job["id"]
        for death in range(5):
            with running_node(url, tasks_folder) as node:
                until_attempt(jobs, job_id, death + 1)
                kill_node(node)
        with running_node(url, tasks_folder):
            job = until(lambda: jobs.get(job_id), lambda job: bool(job["finished_at"]))
    assert (job["status"], job["deaths"], job["error"]["code"]) == ("dead", 5, "engine_crash")


def until_attempt(jobs: Jobs, job_id: str, number: int) -> None:
    """Wait for an attempt to begin."""
    until(lambda: jobs.get(job_id), lambda job: bool(job["attempts"] == number))


def test_three_nodes_fire_a_schedule_once_a_tick(postgres: Postgres, tasks_folder: Path) -> None:
    url = postgres.make_database()
    with ExitStack() as nodes, asking(url, tasks_folder) as (store, jobs):
        for _ in range(3):
            nodes.enter_context(running_node(url, tasks_folder))
        schedules = Schedules(store, JobSettings(), finder_of(open_tasks(tasks_folder)))
        asked = AskedSchedule("often", "echo", "* * * * * *", overlap="parallel", max_executions=6)
        schedule = schedules.create(asked)
        until(lambda: schedules.get("often"), lambda seen: not seen["enabled"])
        found = jobs.list(parse_query(JOBS, [("schedule_id", schedule["id"])])).items
        ticks = sorted(datetime.fromisoformat(job["tick"]) for job in found)
        assert [(tick - ticks[0]).total_seconds() for tick in ticks] == [0, 1, 2, 3, 4, 5]
        assert len(list_nodes(store)) == 3


def test_a_second_server_on_the_same_file_is_refused(
    tmp_path: Path, tasks_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:{tmp_path / 'ratchet.db'}"
    with (
        running_node(url, tasks_folder),
        pytest.raises(RuntimeError, match="has not begun"),
        running_node(url, tasks_folder),
    ):
        pass
    assert "Another server works on the jobs of" in capfd.readouterr().err


def test_a_node_on_a_database_in_memory_leaves_nothing_behind(
    runtime: Runtime, tasks_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with (
        open_store("sqlite::memory:") as store,
        open_jobs(store, runtime, open_tasks(tasks_folder)) as service,
    ):
        job = service.jobs.create(Asked("echo", {})).job
        assert until(lambda: service.jobs.get(job["id"]), lambda seen: bool(seen["finished_at"]))["output"] == {}
    assert list((tmp_path / "here").iterdir()) == []


def test_what_the_engine_keeps_is_for_its_user_only(runtime: Runtime, tasks_folder: Path, tmp_path: Path) -> None:
    with open_store(f"sqlite:{tmp_path / 'ratchet.db'}") as store, open_jobs(store, runtime, open_tasks(tasks_folder)):
        assert [oct(path.stat().st_mode)[-3:] for path in tmp_path.glob("engine.db*")] == ["600"] * 3


def test_what_a_dead_node_held_goes_before_what_came_later(tmp_path: Path, tasks_folder: Path) -> None:
    url = f"sqlite:{tmp_path / 'ratchet.db'}"
    with asking(url, tasks_folder) as (store, jobs):
        blocker = jobs.create(Asked("wait", {"ms": 59_000})).job["id"]
        ids = [jobs.create(Asked("echo", {})).job["id"] for _ in range(60)]
        with running_node(url, tasks_folder, slots=1) as node:
            until(lambda: counted(store), lambda found: found == {"taken": 1, "sent": 60})
            kill_node(node)
        jobs.cancel(blocker)
        with running_node(url, tasks_folder, slots=1):
            until(lambda: counted(store), lambda found: found == {"done": 61})
        with store.reading() as session:
            order = list(session.scalars(select(JobRow.id).where(JobRow.id != blocker).order_by(JobRow.started_at)))
    # It holds sixteen beside the one at work; the next node holds as many before it can know of them.
    last = max(order.index(each) for each in ids[:16])
    assert last < 16 + 17


def counted(store: Store) -> JsonObject:
    """Return how many jobs the line has in which state."""
    with store.reading() as session:
        states = select(JobRow.dispatch, func.count().label("number")).group_by(JobRow.dispatch)
        return {each.dispatch: each.number for each in session.execute(states)}
