"""What is removed in time, and what stays, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from ratchet.execution.keeper import Retention
from ratchet.jobs.asked import Asked
from ratchet.jobs.retention import forget_ended
from ratchet.store.job_models import AttemptRow, JobRow
from ratchet.store.keeper import StoreKeeper
from ratchet.store.models import ExecutionRow, RequestKeyRow, TaskRow
from ratchet.store.request_keys import claim_key
from ratchet.store.store import Store
from tests.jobs.conftest import OpenService, wait_for

DAY = timedelta(days=1)


def test_the_old_goes_and_the_young_stays_in_every_table(open_service: OpenService, store: Store) -> None:
    service = open_service()
    old, dead, young = (
        wait_for(service, service.jobs.create(Asked(task, {}, max_retries=1)).job["id"])
        for task in ("echo", "network", "echo")
    )
    waiting = service.jobs.create(Asked("echo", {}, scheduled_for=store.clock.now() + DAY)).job
    with store.writing() as session:
        for job in (old, young):
            claim_key(session, job["id"], "digest", job["execution_id"])
        ancient = store.clock.now() - 100 * DAY
        session.execute(update(JobRow).where(JobRow.id.in_((old["id"], waiting["id"]))).values(created_at=ancient))
        session.execute(update(JobRow).where(JobRow.id == old["id"]).values(finished_at=ancient))
        session.execute(update(ExecutionRow).where(ExecutionRow.job_id == old["id"]).values(created_at=ancient))

    assert forget_ended(store, 101 * DAY.total_seconds()) == 0
    assert forget_ended(store, 7 * DAY.total_seconds()) == 1
    with store.reading() as session:
        assert set(session.scalars(select(JobRow.id))) == {dead["id"], young["id"], waiting["id"]}
        attempts = session.execute(select(AttemptRow.job_id, AttemptRow.number)).all()
        assert {tuple(row) for row in attempts} == {(dead["id"], 1), (dead["id"], 2), (young["id"], 1)}
        # What has run is kept for a time of its own.
        assert old["execution_id"] in set(session.scalars(select(ExecutionRow.id)))
    assert [job["status"] for job in (dead, service.jobs.get(dead["id"]))] == ["dead", "dead"]

    keeper = StoreKeeper(store, None)
    assert keeper.prune(Retention(before=(store.clock.now() - 101 * DAY).timestamp())) == 0
    assert keeper.prune(Retention(before=(store.clock.now() - 90 * DAY).timestamp())) == 1
    with store.reading() as session:
        assert set(session.scalars(select(ExecutionRow.job_id))) == {dead["id"], young["id"]}
        assert list(session.scalars(select(RequestKeyRow.key))) == [young["id"]]
        # Other executions refer to them.
        assert set(session.scalars(select(TaskRow.name))) == {"echo", "network"}
    assert service.jobs.get(young["id"])["output"] == {}
