"""An index leads to every page of jobs and schedules, and to what nodes look for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ratchet.jobs.asked import Asked
from ratchet.jobs.life import add_job, make_job
from ratchet.jobs.listing import JOBS, SCHEDULES
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.words import STATUSES
from ratchet.store.columns import now
from ratchet.store.store import Store, open_store
from tests.postgres import make_database_url
from tests.store.plans import explain, forget_statistics, plan_of

TABLES = ("jobs", "attempts", "schedules")
JOB_LISTS = {
    "": "created_at",
    "_order=ASC": "created_at",
    "created_at_gte=2026-02-02T02:40:30Z": "created_at",
    "status=failed": "status_created_at",
    "status_in=failed,dead": "status_created_at",
    "status_ne=completed": "status_created_at",
    "task=total": "task_created_at",
    "task=total&created_at_lt=2026-02-02T02:40:30Z": "task_created_at",
    "task=total&status=failed": "task_status_created_at",
    "queue=mail": "queue_created_at",
    "queue_in=mail,default": "queue_created_at",
    "schedule_id=s": "schedule_id_created_at",
}
"""What a list of jobs is asked for, and the index that leads to it."""

SCHEDULE_LISTS = ("", "_order=ASC", "_sort=name", "task=total", "name=nightly", "created_at_gte=2026-02-02T02:40:30Z")

LOOKS = {
    "SELECT * FROM attempts WHERE job_id = 'j' ORDER BY number": "attempts",
    "SELECT count(*) FROM attempts WHERE job_id IN ('j', 'k')": "attempts",
    "SELECT id FROM jobs WHERE dispatch = 'held' AND due_at <= 1 LIMIT 1": "jobs",
    "SELECT id FROM jobs WHERE dispatch = 'issued' AND changed_at < 1 LIMIT 200": "jobs",
    "SELECT id FROM jobs WHERE dispatch = 'taken' AND node_id = 'n'": "jobs",
    "SELECT id FROM jobs WHERE finished_at < 1 LIMIT 500": "jobs",
    "SELECT count(*) FROM jobs WHERE queue = 'mail' AND dispatch IN ('issued', 'sent', 'taken')": "jobs",
    "SELECT count(*) FROM jobs WHERE task = 'total' AND dispatch IN ('issued', 'sent', 'taken')": "jobs",
    "SELECT id FROM jobs WHERE idempotency_key = 'k'": "jobs",
    "SELECT id FROM schedules WHERE enabled = true AND next_at <= 1 ORDER BY next_at": "schedules",
    "SELECT id FROM schedules WHERE name = 'nightly'": "schedules",
}
"""What nodes and single jobs are looked up by, and the table that it is in."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store that holds jobs of every status."""
    with open_store(make_database_url(request, tmp_path_factory.mktemp("store"))) as opened:
        for table in TABLES:
            forget_statistics(opened, table)
        with opened.writing() as session:
            for number in range(120):
                job = make_job(Asked("total", {"n": number}), "total", None, JobSettings(), now())
                job.status = STATUSES[number % len(STATUSES)]
                job.dispatch = "sent" if job.status == "queued" else "done"
                add_job(session, job)
        yield opened


@pytest.mark.parametrize(("asked", "index"), JOB_LISTS.items())
def test_an_index_leads_to_every_page_of_jobs(store: Store, asked: str, index: str) -> None:
    plan = plan_of(store, JOBS, asked)
    reads = plan.readings("jobs")
    assert reads
    # Without a count of the rows, PostgreSQL takes the narrower index of a task for as good as the other.
    names = [f" ix_jobs_{index}_id ", f" ix_jobs_{index.replace('task_status', 'task')}_id "]
    assert all(any(name in f"{read} " for name in names[: 1 if store.is_sqlite else 2]) for read in reads), plan
    assert not plan.sorts_what_it_reads("jobs", is_sqlite=store.is_sqlite), plan


@pytest.mark.parametrize("asked", SCHEDULE_LISTS)
def test_an_index_leads_to_every_page_of_schedules(store: Store, asked: str) -> None:
    # They are few, and written by people: what one task has of them may be sorted.
    plan = plan_of(store, SCHEDULES, asked)
    assert is_by_index(plan.readings("schedules")), plan


@pytest.mark.parametrize(("statement", "table"), LOOKS.items())
def test_an_index_leads_to_what_nodes_look_for(store: Store, statement: str, table: str) -> None:
    plan = explain(store, statement)
    assert is_by_index(plan.readings(table)), plan


def is_by_index(reads: list[str]) -> bool:
    """Tell whether a table is read by its indexes alone."""
    return bool(reads) and all("INDEX" in read.upper() or "Bitmap Heap Scan" in read for read in reads)
