"""Jobs: how long one takes on an idle server, how many a second there are, and what a long line costs."""

from __future__ import annotations

import statistics
import time
from base64 import b64decode, b64encode
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbos import DBOS, EnqueueOptions
from sqlalchemy import MetaData, Table, func, insert, select, update

from ratchet.execution.runtime import Runtime
from ratchet.jobs import dbos_dispatch
from ratchet.jobs.asked import Asked
from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.finding import finder_of
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.life import make_job
from ratchet.jobs.service import JobService, open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.tickets import ticket_of
from ratchet.sandbox.pool import Pool
from ratchet.store.columns import now
from ratchet.store.job_models import JobRow
from ratchet.store.store import Store, open_store
from tests.benchmarks.conftest import Results
from tests.jobs.conftest import open_engine
from tests.jobs.node_process import running_node
from tests.jobs.tasks import open_tasks, write_tasks
from tests.postgres import Postgres

pytestmark = pytest.mark.benchmark
_ONE_BY_ONE = 40
_MANY = 400
_FIRST = 50
_NEXT = 300
_LONG = 100_000
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
    with running_node(url, tasks), open_store(url) as store, Runtime() as runtime:
        # All slots of this process are kept busy, so that the other node takes what it asks for.
        settings = JobSettings(slots=1)
        with open_jobs(store, runtime, open_tasks(tasks), settings) as service:
            service.jobs.create(Asked("wait", {"ms": 25_000}))
            service.jobs.create(Asked("wait", {"ms": 25_000}))
            results.record("a job across nodes, postgresql", median_ms(service.jobs), 300, "ms")


def test_jobs_a_second(url: str, tasks: Path, results: Results) -> None:
    with ExitStack() as stack:
        others = 0 if url.startswith("sqlite") else 1
        for _ in range(others):
            stack.enter_context(running_node(url, tasks))
        store, runtime = stack.enter_context(open_store(url)), stack.enter_context(Runtime())
        service = stack.enter_context(open_node(store, runtime, tasks))
        wait_until_ended(service.jobs, service.jobs.create(Asked("echo", {})).job["id"])
        began = time.perf_counter()
        ask_for(service.jobs, _MANY)
        wait_until_done(service.jobs, _MANY + 1)
        rate = _MANY / (time.perf_counter() - began)
    least = 60 if others else 40
    results.record(f"{least} jobs, {kind_of(url)}, {others + 1} nodes", least / rate, 1, "s")


def test_a_long_line(url: str, tasks: Path, results: Results) -> None:
    with open_store(url) as store, Runtime() as runtime:
        with open_node(store, runtime, tasks):
            short, long = (seconds_for_some(store, tasks, length) for length in (_MANY, _LONG))
        results.record(f"a line of {_LONG:,} jobs, {kind_of(url)}", long / short, 1.2, "times as long")
        began = time.perf_counter()
        with open_node(store, runtime, tasks):
            results.record(f"a node that finds that line, {kind_of(url)}", time.perf_counter() - began, 5, "s")


def seconds_for_some(store: Store, tasks: Path, length: int) -> float:
    """Return how long it takes until some jobs of a line of that length have ended, after the first of them."""
    done = count_completed(store)
    fill(store, tasks, length)
    wait_for(store, done + _FIRST)
    began = time.perf_counter()
    wait_for(store, done + _FIRST + _NEXT)
    return time.perf_counter() - began


def wait_for(store: Store, count: int) -> None:
    while count_completed(store) < count:
        time.sleep(0.02)


def count_completed(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).where(JobRow.status == "completed")) or 0


def send_for_later(ticket: Ticket) -> None:
    """Put a ticket into the engine of this process that it hands out in an hour."""
    options: EnqueueOptions = {
        "workflow_name": dbos_dispatch._WORKFLOW,
        "queue_name": dbos_dispatch._QUEUE,
        "workflow_id": ticket.name,
        "priority": ticket.rank,
        "app_version": dbos_dispatch._VERSION,
        "delay_seconds": 3600,
    }
    DBOS.enqueue_workflow_with_options(options, ticket.job_id, ticket.number, ticket.rank)


def fill(store: Store, tasks: Path, length: int) -> None:
    """Put many jobs in line, as copies of one that the engine is to hand out later."""
    settings, (task, _) = JobSettings(), finder_of(open_tasks(tasks))("echo")
    pattern, *made = (
        make_job(Asked("echo", {"n": number}), "echo", task, settings, now()) for number in range(length + 1)
    )
    rows = [{column.key: getattr(job, column.key) for column in JobRow.__table__.columns} for job in made]
    send_for_later(ticket_of(pattern))
    # A node would send what the engine does not know yet.
    on_the_way = {"dispatch": "issued", "changed_at": datetime.now(UTC) + timedelta(hours=1)}
    with store.writing() as session:
        session.execute(insert(JobRow), [{**row, **on_the_way} for row in rows])
    engine = open_engine(store)
    try:
        known = MetaData(schema=None if store.is_sqlite else "ratchet_engine")
        statuses, inputs = (Table(name, known, autoload_with=engine) for name in ("workflow_status", "workflow_input"))
        with engine.begin() as connection:
            status, words = (
                connection.execute(select(table).where(table.c.workflow_uuid == f"{pattern.id}:1")).mappings().one()
                for table in (statuses, inputs)
            )
            arguments = b64decode(words["inputs"])
            names = [
                (f"{job.id}:1", b64encode(arguments.replace(pattern.id.encode(), job.id.encode()))) for job in made
            ]
            copies = [{**words, "workflow_uuid": name, "inputs": text.decode()} for name, text in names]
            connection.execute(insert(inputs), copies)
            waiting = {**status, "status": "ENQUEUED", "delay_until_epoch_ms": None}
            connection.execute(insert(statuses), [{**waiting, "workflow_uuid": name} for name, _ in names])
    finally:
        engine.dispose()
    with store.writing() as session:
        session.execute(update(JobRow).where(JobRow.dispatch == "issued").values(dispatch="sent"))
