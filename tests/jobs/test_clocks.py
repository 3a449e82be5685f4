"""Jobs while clocks are wrong, or are set."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from ratchet.execution.runtime import Runtime
from ratchet.jobs.asked import Asked
from ratchet.jobs.finding import finder_of
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.service import open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.store.job_models import JobRow, NodeRow
from ratchet.store.store import Store, open_store
from tests.jobs.conftest import OpenService, wait_for
from tests.jobs.tasks import open_tasks
from tests.postgres import Postgres

HOUR = timedelta(hours=1)


def test_a_retry_does_not_wait_for_as_long_as_the_clock_was_set_back(open_service: OpenService, store: Store) -> None:
    service = open_service()
    again, later = (
        service.jobs.create(Asked("echo", {}, scheduled_for=store.clock.now() + HOUR)).job["id"] for _ in range(2)
    )
    with store.writing() as session:
        ahead = store.clock.now() + HOUR
        session.execute(update(JobRow).values(changed_at=ahead))
        session.execute(update(JobRow).where(JobRow.id == again).values(attempts=1))
        session.execute(update(NodeRow).values(beat_at=ahead))
    assert wait_for(service, again)["status"] == "completed"
    assert service.jobs.get(later)["status"] == "queued"


def test_a_job_asked_for_by_a_machine_whose_clock_is_ahead_runs_at_once(
    runtime: Runtime, postgres: Postgres, tasks_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, tasks = postgres.make_database(), open_tasks(tasks_folder)
    right = time.time
    with monkeypatch.context() as patched, open_store(url) as theirs:
        patched.setattr(time, "time", lambda: right() + HOUR.total_seconds())
        job_id = Jobs(theirs, JobSettings(), finder_of(tasks)).create(Asked("echo", {})).job["id"]
    with open_store(url) as ours, open_jobs(ours, runtime, tasks) as service:
        assert wait_for(service, job_id)["status"] == "completed"
