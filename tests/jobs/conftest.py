"""Jobs on a database of either kind, worked on by this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ratchet.execution.runtime import Runtime
from ratchet.jobs.dbos_dispatch import DbosDispatcher, open_dbos_engine
from ratchet.jobs.service import JobService, open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.store.store import Store, open_store
from ratchet.values import JsonObject
from tests.jobs.tasks import open_tasks, write_tasks

OpenService = Callable[..., JobService]
PATIENCE_SECONDS = 60.0


@pytest.fixture
def tasks_folder(tmp_path: Path) -> Path:
    """Return a folder of small tasks."""
    return write_tasks(tmp_path / "tasks")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Return an empty store."""
    with open_store(database_url) as opened:
        yield opened


@pytest.fixture
def dispatcher(store: Store) -> Iterator[DbosDispatcher]:
    """Return an engine that hands out nothing: no test waits an hour."""
    idle = DbosDispatcher(open_engine(store), "executor-1", most=1, poll_seconds=3600)
    idle.start(lambda ticket: None)
    try:
        yield idle
    finally:
        idle.close(seconds=0)


@pytest.fixture
def open_service(store: Store, runtime: Runtime, tasks_folder: Path) -> Iterator[OpenService]:
    """Return a function that begins to work on the jobs of the store."""
    with ExitStack() as stack:

        def open_it(**changes: Any) -> JobService:
            settings = JobSettings(backoff_seconds=0.05, drain_seconds=5)._replace(**changes)
            return stack.enter_context(open_jobs(store, runtime, open_tasks(tasks_folder), settings))

        yield open_it


def open_engine(store: Store) -> Engine:
    """Return a connection to what the engine keeps about the jobs of a store."""
    return open_dbos_engine(
        store.engine.url, os.path.dirname(store.engine.url.database or "") if store.is_sqlite else None
    )


def wait_for(service: JobService, job_id: str, *statuses: str) -> JsonObject:
    """Return a job once it has ended, or has come to one of other statuses."""
    wanted = statuses or ("completed", "failed", "cancelled", "dead")
    return until(lambda: service.jobs.get(job_id), lambda job: job["status"] in wanted)


def until(look: Callable[[], JsonObject], fits: Callable[[JsonObject], bool]) -> JsonObject:
    """Return what is seen once it fits."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not fits(seen := look()):
        assert time.monotonic() < ends, seen
        # Another thread or process is at work.
        time.sleep(0.01)
    return seen
