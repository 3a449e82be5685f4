"""What it costs to keep an execution, and to find one among a million."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from ratchet.store.executions import EXECUTIONS
from ratchet.store.keeper import StoreKeeper
from ratchet.store.page import read_page
from ratchet.store.query import parse_query
from ratchet.store.store import Store, open_store
from tests.benchmarks.conftest import Results
from tests.postgres import make_database_url
from tests.store.made import make_execution

pytestmark = pytest.mark.benchmark
ROWS = 1_000_000
LISTS = (
    "",
    "_order=ASC",
    "page=20&limit=50",
    "created_at_gte=2026-02-02T02:40:30Z&created_at_lt=2026-02-03T00:00:00Z",
    "task=task-00",
    "task=rare",
    "task_like=TASK-1",
    "task_ne=task-00",
    "task_contains=a",
    "status=failed",
    "status=cancelled",
    "status_ne=completed",
    "status_in=failed,cancelled,running",
    "task=rare&status=failed",
    "task=task-00&status=failed",
    "task_like=a&status_ne=completed",
    "error=time_limit",
    "error_like=limit",
    "task=task-07&error=script_error",
    "task=rare&created_at_lt=2026-02-05T00:00:00Z",
    "task=task-03&status=failed&created_at_gte=2026-02-05T00:00:00Z",
    "job_id=job-77",
    "schedule_id=schedule-3",
    "parent_id=nobody",
)
COLUMNS = (
    "id, task, version, digest, status, error, created_at, finished_at, duration_ms, job_id, schedule_id, document"
)
# One every second; of twenty tasks the first has half of all, and one has three.
SELECTED = """
    SELECT {id}, CASE WHEN n % 333334 = 7 THEN 'rare' WHEN n % 2 = 0 THEN 'task-00' ELSE {task} END, '1.0.0', 'digest',
        CASE WHEN n % 1000 = 3 THEN 'cancelled' WHEN n % 10 = 7 THEN 'failed' ELSE 'completed' END,
        CASE
            WHEN n % 1000 = 3 THEN 'cancelled' WHEN n % 100 = 7 THEN 'time_limit' WHEN n % 10 = 7 THEN 'script_error'
        END,
        1770000000000 + n * 1000, 1770000000250 + n * 1000, 250, CASE WHEN n % 5 = 0 THEN 'job-' || (n / 5) END,
        CASE WHEN n % 50 = 0 THEN 'schedule-' || (n % 7) END, '{document}'
"""
DOCUMENT = '{"schema": "ratchet.execution/1", "console": [], "input": "' + "x" * 400 + '"}'
BEGUN = "(1770000000000 + n * 1000)"
SQLITE = {
    "id": f"printf('%08x-%04x-7000-8000-%012x', {BEGUN} >> 16, {BEGUN} & 65535, n)",
    "task": "printf('task-%02d', n / 2 % 20)",
}
POSTGRESQL = {
    "id": f"lpad(to_hex({BEGUN} >> 16), 8, '0') || '-' || lpad(to_hex({BEGUN} & 65535), 4, '0') || '-7000-8000-'"
    " || lpad(to_hex(n), 12, '0')",
    "task": "'task-' || lpad((n / 2 % 20)::text, 2, '0')",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store with a million executions."""
    with open_store(make_database_url(request, tmp_path_factory.mktemp("store"))) as opened:
        _fill(opened)
        yield opened


def _fill(store: Store) -> None:
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :rows) "
    words = SQLITE if store.is_sqlite else POSTGRESQL
    chosen = SELECTED.format(document=DOCUMENT, **words).replace(":", r"\:")
    source = "numbers" if store.is_sqlite else "generate_series(0\\:\\:bigint, :rows - 1) AS numbers(n)"
    statement = f"INSERT INTO executions ({COLUMNS}) {numbers if store.is_sqlite else ''}{chosen} FROM {source}"
    names = ["rare", *(f"task-{number:02}" for number in range(20))]
    with store.writing() as session:
        session.execute(text(statement), {"rows": ROWS})
        session.execute(
            text("INSERT INTO tasks (name, digest, version, source, first_seen_at) VALUES (:name, 'd', '1', '/', 0)"),
            [{"name": name} for name in names],
        )
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def test_the_first_page_of_any_list_is_there_at_once(store: Store, results: Results) -> None:
    times = {asked: statistics.median(_seconds(store, asked) for _ in range(5)) for asked in LISTS}
    for asked, seconds in times.items():
        print(f"{seconds * 1000:6.1f} ms  {asked}")
    name = f"slowest first page of {ROWS:,} executions, {store.engine.dialect.name}"
    results.record(name, max(times.values()) * 1000, 50, "ms")


def _seconds(store: Store, asked: str) -> float:
    """Return the time that a page takes."""
    pairs = [(name, value) for name, _, value in (each.partition("=") for each in asked.split("&") if each)]
    began = time.perf_counter()
    with store.reading() as session:
        read_page(session, EXECUTIONS, parse_query(EXECUTIONS, pairs))
    return time.perf_counter() - began


@pytest.mark.parametrize("clients", [1, 16])
def test_executions_are_kept_together(store: Store, clients: int, results: Results) -> None:
    keeper = StoreKeeper(store, None)
    executions = [make_execution(number + 10_000_000 * clients) for number in range(400)]
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(lambda execution: keeper.end(execution).result(), executions))
    rate = len(executions) / (time.perf_counter() - began)
    name = f"executions kept by {clients} beside {ROWS:,} others, {store.engine.dialect.name}"
    results.record(name, rate, 40, "a second", above=True)
