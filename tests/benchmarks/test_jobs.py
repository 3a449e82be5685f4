"""Jobs: how long one takes on an idle server, and how many a second there are."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from subprocess import Popen

import pytest

from ratchet.execution.runtime import Runtime
from ratchet.jobs.asked import Asked
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.service import JobService, open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.sandbox.pool import Pool
from ratchet.store.store import Store, open_store
from tests.benchmarks.conftest import Results
from tests.jobs.node_process import close_node, start_node
from tests.jobs.tasks import open_tasks, write_tasks
from tests.postgres import Postgres

pytestmark = pytest.mark.benchmark
_ONE_BY_ONE = 40
_MANY = 400


_IDLE_SECONDS = 20.0


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    return write_tasks(tmp_path / "tasks")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'ratchet.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.make_database()


def kind_of(url: str) -> str:
    return url.partition(":")[0]


def wait_until_ended(jobs: Jobs, job_id: str) -> None:
    while jobs.get(job_id)["finished_at"] is None:
        time.sleep(0.002)


def wait_until_done(jobs: Jobs, count: int) -> None:
    while jobs.stats()["jobs"]["completed"] < count:
        time.sleep(0.05)


def median_ms(jobs: Jobs) -> float:
    """Return how long it takes from asking for a job to its end, one after the other."""
    taken = []
    for number in range(_ONE_BY_ONE):
        began = time.perf_counter()
        wait_until_ended(jobs, jobs.create(Asked("echo", {"n": number})).job["id"])
        taken.append(time.perf_counter() - began)
        time.sleep(0.05)
    return statistics.median(taken) * 1000


def ask_for(jobs: Jobs, count: int) -> list[str]:
    return [jobs.create(Asked("echo", {"n": number})).job["id"] for number in range(count)]


def open_node(store: Store, runtime: Runtime, tasks: Path) -> JobService:
    return open_jobs(store, runtime, open_tasks(tasks), JobSettings())


def test_a_job_on_an_idle_server(url: str, tasks: Path, results: Results) -> None:
    with (
        open_store(url) as store,
        Runtime(pool=Pool(minimum=1)) as runtime,
        open_node(store, runtime, tasks) as service,
    ):
        wait_until_ended(service.jobs, service.jobs.create(Asked("echo", {})).job["id"])
        results.record(f"a job on an idle server, {kind_of(url)}", median_ms(service.jobs), 100, "ms")
        used = time.process_time()
        time.sleep(_IDLE_SECONDS)
        share = (time.process_time() - used) / _IDLE_SECONDS * 100
        results.record(f"an idle server, {kind_of(url)}", share, 8, "% of a core")


def test_a_job_that_another_process_asks_for(postgres: Postgres, tasks: Path, results: Results) -> None:
    url = postgres.make_database()
    node = start_node(url, tasks)
    with open_store(url) as store, Runtime() as runtime:
        # All slots of this process are kept busy, so that the other node takes what it asks for.
        settings = JobSettings(slots=1)
        with open_jobs(store, runtime, open_tasks(tasks), settings) as service:
            service.jobs.create(Asked("wait", {"ms": 25_000}))
            service.jobs.create(Asked("wait", {"ms": 25_000}))
            results.record("a job across nodes, postgresql", median_ms(service.jobs), 300, "ms")
    close_node(node)


def test_jobs_a_second(url: str, tasks: Path, results: Results) -> None:
    nodes: list[Popen[str]] = [] if url.startswith("sqlite") else [start_node(url, tasks)]
    with open_store(url) as store, Runtime() as runtime, open_node(store, runtime, tasks) as service:
        wait_until_ended(service.jobs, service.jobs.create(Asked("echo", {})).job["id"])
        began = time.perf_counter()
        ask_for(service.jobs, _MANY)
        wait_until_done(service.jobs, _MANY + 1)
        rate = _MANY / (time.perf_counter() - began)
        least = 60 if nodes else 40
        results.record(f"{least} jobs, {kind_of(url)}, {len(nodes) + 1} nodes", least / rate, 1, "s")
    for node in nodes:
        close_node(node)
