"""Which nodes there are: rows that are kept alive by the clock of the database, and locked by whoever buries one."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

import ratchet
from ratchet.jobs.memory_use import memory_bytes
from ratchet.store.clock import database_now
from ratchet.store.job_models import NodeRow
from ratchet.store.upsert import upsert
from ratchet.values import JsonObject


class Me(NamedTuple):
    """What this process is called.

    Args:
        node_id: The same after a restart where there is only one node.
        executor: Another one each time.
    """

    node_id: str
    executor: str


class Beat(NamedTuple):
    """What a node learns when it says that it lives.

    Args:
        moment: The time of the database.
        silence: How long it had said nothing.
        was_buried: Others had taken it for dead.
    """

    moment: datetime
    silence: timedelta
    was_buried: bool


def join(session: Session, me: Me, slots: int, workers: JsonObject | None = None) -> None:
    """Become a node, before the first ticket is taken: who works without a row is taken for dead."""
    moment = database_now(session)
    values = {
        "id": me.node_id,
        "executor": me.executor,
        "host": socket.gethostname() or platform.node(),
        "pid": os.getpid(),
        "version": ratchet.__version__,
        "status": "active",
        "slots": slots,
        "running": 0,
        "memory_bytes": memory_bytes(),
        "completed": 0,
        "workers": workers,
        "started_at": moment,
        "beat_at": moment,
    }
    upsert(session, NodeRow, [values])


def beat(
    session: Session, me: Me, slots: int, *, running: int, completed: int, workers: JsonObject | None = None
) -> Beat:
    """Say that this node lives."""
    moment = database_now(session)
    node = session.get(NodeRow, me.node_id, with_for_update=True)
    if node is None or node.executor != me.executor:
        join(session, me, slots, workers)
        return Beat(moment, timedelta(0), was_buried=True)
    silence = moment - node.beat_at
    node.beat_at, node.running, node.completed = moment, running, completed
    node.memory_bytes, node.workers = memory_bytes(), workers
    return Beat(moment, silence, was_buried=False)


def drain(session: Session, me: Me) -> None:
    """Say that this node takes no more jobs."""
    session.execute(update(NodeRow).where(NodeRow.id == me.node_id).values(status="draining"))


def leave(session: Session, me: Me) -> None:
    """Be a node no more."""
    session.execute(delete(NodeRow).where(NodeRow.id == me.node_id, NodeRow.executor == me.executor))


def silent_nodes(session: Session, moment: datetime, patience: timedelta) -> Sequence[NodeRow]:
    """Return the nodes that have said nothing for too long, locked, but for those that another buries already.

    Who spoke at a time that is yet to come did so before the clock was set back.
    """
    silent = or_(NodeRow.beat_at < moment - patience, NodeRow.beat_at > moment + patience)
    return session.scalars(select(NodeRow).where(silent).with_for_update(skip_locked=True)).all()
