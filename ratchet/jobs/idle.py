"""Databases that no node works on, so that all of them can be read or replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ratchet.errors import Conflict
from ratchet.jobs.lock_file import hold_lock, lock_path
from ratchet.jobs.settings import JobSettings
from ratchet.store.clock import database_now
from ratchet.store.job_models import NodeRow
from ratchet.store.migrate import read_schema


@contextmanager
def kept_idle(*engines: Engine) -> Iterator[None]:
    """Keep nodes from files of SQLite meanwhile; of PostgreSQL, make sure that there are none now.

    Raises:
        Conflict: A node works on one of them.
    """
    # Two files in one folder share a lock.
    paths = {lock_path(each.url.database or "") for each in engines if each.dialect.name == "sqlite"}
    with ExitStack() as held:
        for path in paths:
            # Where no node has ever been, none is.
            if os.path.exists(path):
                held.enter_context(hold_lock(path, "Stop the server first"))
        for engine in engines:
            if engine.dialect.name == "postgresql":
                _check_silence(engine)
        yield


def _check_silence(engine: Engine) -> None:
    patience = JobSettings().dead_seconds
    with Session(engine) as session:
        if not read_schema(session.connection()).is_current:
            return
        since = database_now(session) - timedelta(seconds=patience)
        node_id = session.scalar(select(NodeRow.id).where(NodeRow.beat_at > since).limit(1))
    if node_id is not None:
        hint = f"Stop every node first; one that was killed is gone after {patience:.0f} s"
        raise Conflict(f"The node `{node_id}` works on the database", hint=hint)
