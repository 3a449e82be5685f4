"""A store that is read back from a backup has jobs of which the engine knows nothing, or what is no longer true."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from ratchet.execution.runtime import Runtime
from ratchet.jobs.asked import Asked
from ratchet.jobs.service import open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.store.backup import backup_store, restore_store
from ratchet.store.job_models import JobRow
from ratchet.store.store import Store, open_store
from tests.jobs.conftest import OpenService, until, wait_for
from tests.jobs.tasks import open_tasks


def dispatch_of(store: Store) -> dict[str, str]:
    """Return how far each job has come to the engine."""
    with store.reading() as session:
        return {row.id: row.dispatch for row in session.execute(select(JobRow.id, JobRow.dispatch))}


def back_up_at_work(open_service: OpenService, store: Store, file: Path) -> list[str]:
    """Write a backup while one job runs and two wait; return their ids once all have ended."""
    service = open_service(slots=1, beat_seconds=0.1)
    ids = [service.jobs.create(Asked("long_at_first", {})).job["id"]]
    wait_for(service, ids[0], "running")
    ids += [service.jobs.create(Asked("echo", {"n": number})).job["id"] for number in range(2)]
    until(lambda: dispatch_of(store), lambda seen: [seen[job_id] for job_id in ids[1:]] == ["sent"] * 2)
    backup_store(store.engine, str(file))
    service.jobs.cancel(ids[0])
    for job_id in ids:
        wait_for(service, job_id)
    service.close()
    return ids


def test_jobs_of_a_restored_store_are_run(
    open_service: OpenService,
    store: Store,
    runtime: Runtime,
    tasks_folder: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    ids = back_up_at_work(open_service, store, tmp_path / "backup.db")
    url = f"sqlite:{tmp_path / 'other' / 'store.db'}"
    if not store.is_sqlite:
        url = request.getfixturevalue("postgres").make_database()
    with open_store(url) as other:
        restore_store(str(tmp_path / "backup.db"), other.engine)
        with open_jobs(other, runtime, open_tasks(tasks_folder), JobSettings(dead_seconds=2.0)) as service:
            assert [wait_for(service, job_id)["status"] for job_id in ids] == ["completed"] * 3


def test_jobs_are_run_again_where_a_store_was_restored_over_what_came_later(
    open_service: OpenService, store: Store, tmp_path: Path
) -> None:
    ids = back_up_at_work(open_service, store, tmp_path / "backup.db")
    restore_store(str(tmp_path / "backup.db"), store.engine, force=True)
    service = open_service(dead_seconds=2.0)
    assert [wait_for(service, job_id)["status"] for job_id in ids] == ["completed"] * 3
