"""What is put in line, and by whom; what the engine should have and does not is sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from ratchet.jobs.asked import Asked
from ratchet.jobs.dbos_dispatch import DbosDispatcher
from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.life import make_job
from ratchet.jobs.line import Line
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.slots import Slots
from ratchet.store.columns import now
from ratchet.store.job_models import AttemptRow, JobRow
from ratchet.store.store import Store

SETTINGS = JobSettings()
COUNT = 1100
"""Jobs, of which a node looks for 500 at a time."""


def fill(store: Store) -> list[str]:
    """Write jobs that are said to have been sent; return the names of their tickets, the first that is due first."""
    due = [now() + timedelta(hours=1, seconds=number // 2) for number in range(COUNT)]
    jobs = [make_job(Asked("echo", {}, scheduled_for=each), "echo", None, SETTINGS, now()) for each in due]
    rows = [{column.key: getattr(job, column.key) for column in JobRow.__table__.columns} for job in jobs]
    with store.writing() as session:
        session.execute(insert(JobRow), [{**row, "dispatch": "sent"} for row in rows])
    return [f"{job.id}:1" for job in jobs]


def test_a_long_line_is_looked_through_some_at_a_time(store: Store, dispatcher: DbosDispatcher) -> None:
    names = fill(store)
    line = Line(store, dispatcher, SETTINGS, Slots(1))
    for count in (500, 1000, COUNT):
        line.settle()
        assert set(dispatcher.among(names)) == set(names[:count])
    # It begins again at the front: whatever the engine loses is found one day.
    dispatcher.forget([names[0], names[-1]])
    for lost in (names[-1:], names[-1:], []):
        line.settle()
        assert set(names) - set(dispatcher.among(names)) == set(lost)


def test_the_engine_forgets_what_others_have_used_up(store: Store, dispatcher: DbosDispatcher) -> None:
    tickets = [Ticket(f"job-{number}", 1, 1) for number in range(4)]
    for ticket in tickets:
        dispatcher.send(ticket)
    names = [ticket.name for ticket in tickets]
    dispatcher.withdraw(names[:3])
    assert set(dispatcher.left(2)) < set(names[:3])
    Line(store, dispatcher, SETTINGS, Slots(1)).sweep()
    assert list(dispatcher.left(10)) == []
    assert set(dispatcher.among(names)) == {names[3]}


@pytest.mark.parametrize(
    ("node", "due_since", "dispatch"),
    [("here", 1, "held"), ("here", 6, "sent"), ("there", 1, "sent"), (None, 1, "sent")],
)
def test_a_node_leaves_what_it_has_handed_back_to_others_first(
    store: Store, dispatcher: DbosDispatcher, node: str | None, due_since: int, dispatch: str
) -> None:
    job = make_job(Asked("echo", {}), "echo", None, SETTINGS, now() - timedelta(seconds=due_since))
    row = {column.key: getattr(job, column.key) for column in JobRow.__table__.columns}
    attempt = {"number": 1, "node_id": "here", "status": "returned", "execution_id": "0", "started_at": now()}
    with store.writing() as session:
        session.execute(insert(JobRow), [{**row, "refusals": 1, "ticket": 2}])
        session.execute(insert(AttemptRow), [{**attempt, "job_id": job.id, "ticket": 1}])
    full = Slots(1)
    full.close()
    line = Line(store, dispatcher, SETTINGS, full, node)
    line.release()
    line.settle()
    with store.reading() as session:
        assert session.scalars(select(JobRow.dispatch)).one() == dispatch
