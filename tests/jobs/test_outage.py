"""When the database has been away, no node takes the others for dead; the clock is the test's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from ratchet.jobs.asked import Asked
from ratchet.jobs.dbos_dispatch import DbosDispatcher
from ratchet.jobs.dispatch import Ticket
from ratchet.jobs.life import add_job, make_job, take
from ratchet.jobs.line import Line
from ratchet.jobs.membership import Beat, Me, beat, join
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.slots import Slots
from ratchet.jobs.takeover import Takeover
from ratchet.store.clock import database_now
from ratchet.store.columns import now
from ratchet.store.job_models import JobRow, NodeRow
from ratchet.store.store import Store

SETTINGS = JobSettings()
WITNESS, OTHER = Me("witness", "executor-1"), Me("other", "executor-2")
OUTAGE = timedelta(seconds=60)


@pytest.fixture
def takeover(store: Store, dispatcher: DbosDispatcher) -> Takeover:
    """Return what the witness buries others by; both are nodes, and the other works on a job."""
    with store.writing() as session:
        join(session, WITNESS, 1)
        join(session, OTHER, 1)
        job = make_job(Asked("echo", {}), "echo", None, SETTINGS, now())
        add_job(session, job)
        take(session, Ticket(job.id, job.ticket, job.rank), OTHER.node_id, "execution")
    return Takeover(store, dispatcher, Line(store, dispatcher, SETTINGS, Slots(1)), SETTINGS, WITNESS, alone=False)


def say(store: Store, me: Me) -> Beat:
    """Have a node say that it lives, by the clock of the database."""
    with store.writing() as session:
        return beat(session, me, 1, running=0, completed=0)


def heard_at(store: Store, moment: datetime, *nodes: Me) -> None:
    """Have nodes been heard of last at a time."""
    with store.writing() as session:
        named = NodeRow.id.in_([node.node_id for node in nodes])
        session.execute(update(NodeRow).where(named).values(beat_at=moment))


def stands(store: Store) -> tuple[list[str], str]:
    """Return which nodes there are, and how the job of the other one stands."""
    with store.reading() as session:
        nodes = list(session.scalars(select(NodeRow.id).order_by(NodeRow.id)))
        return nodes, session.scalars(select(JobRow.status)).one()


def begin(store: Store, takeover: Takeover) -> datetime:
    """Let the witness look on until it can tell who is silent, and return when that is."""
    began = say(store, WITNESS)
    takeover.bury(began)
    ready = began.moment + timedelta(seconds=SETTINGS.dead_seconds)
    heard_at(store, ready, WITNESS, OTHER)
    takeover.bury(Beat(ready, timedelta(seconds=2), was_buried=False))
    return ready


def test_after_an_outage_the_others_have_time_to_say_that_they_live(store: Store, takeover: Takeover) -> None:
    begin(store, takeover)
    with store.reading() as session:
        heard_at(store, database_now(session) - OUTAGE, WITNESS, OTHER)
    # The witness is the first to reach the database again.
    back = say(store, WITNESS)
    assert back.silence >= OUTAGE
    takeover.bury(back)
    almost = back.moment + timedelta(seconds=SETTINGS.dead_seconds - 0.1)
    takeover.bury(Beat(almost, timedelta(seconds=2), was_buried=False))
    assert stands(store) == (["other", "witness"], "running")
    heard_at(store, almost, WITNESS, OTHER)
    takeover.bury(Beat(almost + timedelta(seconds=2), timedelta(seconds=2), was_buried=False))
    assert stands(store) == (["other", "witness"], "running")


def test_a_node_that_stays_silent_after_an_outage_is_buried(store: Store, takeover: Takeover) -> None:
    begin(store, takeover)
    with store.reading() as session:
        heard_at(store, database_now(session) - OUTAGE, WITNESS, OTHER)
    back = say(store, WITNESS)
    takeover.bury(back)
    later = back.moment + timedelta(seconds=SETTINGS.dead_seconds)
    heard_at(store, later, WITNESS)
    takeover.bury(Beat(later, timedelta(seconds=2), was_buried=False))
    assert stands(store) == (["witness"], "queued")


def test_without_an_outage_a_silent_node_is_buried_at_once(store: Store, takeover: Takeover) -> None:
    ready = begin(store, takeover)
    late = ready + timedelta(seconds=SETTINGS.dead_seconds + 0.1)
    heard_at(store, late, WITNESS)
    takeover.bury(Beat(late, timedelta(seconds=2), was_buried=False))
    assert stands(store) == (["witness"], "queued")


def test_who_was_buried_himself_buries_nobody_at_once(store: Store, takeover: Takeover) -> None:
    ready = begin(store, takeover)
    late = ready + timedelta(seconds=SETTINGS.dead_seconds + 0.1)
    takeover.bury(Beat(late, timedelta(0), was_buried=True))
    assert stands(store) == (["other", "witness"], "running")


@pytest.mark.parametrize("lives", [True, False])
def test_when_the_clock_is_set_back_only_the_dead_are_buried(store: Store, takeover: Takeover, lives: bool) -> None:
    begin(store, takeover)
    with store.reading() as session:
        heard_at(store, database_now(session) + OUTAGE, WITNESS, OTHER)
    back = say(store, WITNESS)
    assert back.silence < timedelta(0)
    takeover.bury(back)
    assert stands(store) == (["other", "witness"], "running")
    later = back.moment + timedelta(seconds=SETTINGS.dead_seconds)
    heard_at(store, later, WITNESS, *([OTHER] if lives else []))
    takeover.bury(Beat(later, timedelta(seconds=2), was_buried=False))
    assert stands(store) == ((["other", "witness"], "running") if lives else (["witness"], "queued"))
