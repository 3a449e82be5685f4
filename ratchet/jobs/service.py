"""Open the jobs of a store: for a node, which works on them, or for whoever only asks."""

from __future__ import annotations

import functools
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from tempfile import TemporaryDirectory
from types import TracebackType

from sqlalchemy import URL

from ratchet.execution.document import new_execution_id
from ratchet.execution.executions import Executions
from ratchet.execution.runtime import Runtime
from ratchet.jobs.finding import checker_of, finder_of
from ratchet.jobs.firing import Firing
from ratchet.jobs.jobs import Hands, Jobs
from ratchet.jobs.line import Line
from ratchet.jobs.lock_file import hold_lock, lock_path
from ratchet.jobs.membership import Me
from ratchet.jobs.node import Node, list_nodes
from ratchet.jobs.schedules import Schedules
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.slots import Slots
from ratchet.jobs.takeover import Takeover
from ratchet.jobs.work import NOBODY, Recorders, Work
from ratchet.jobs.workers import workers_json
from ratchet.registry.catalogue import Catalogue
from ratchet.sandbox.processors import default_workers
from ratchet.store.address import is_memory
from ratchet.store.store import Store
from ratchet.store.switches import Switches
from ratchet.values import JsonObject

EMBEDDED = "local"
"""What the only node of an SQLite file is called, every time."""

_TAKEN = "Stop the other server, or give this one a database on PostgreSQL"
_AHEAD = 16
"""Tickets that a node may hold beside those for which it has places, so that none is idle between two looks."""


class JobService:
    """The jobs and schedules of a store, worked on by this process; close it, or use it in a `with` block.

    Args:
        held: What is let go of once this is closed.
    """

    def __init__(self, store: Store, jobs: Jobs, schedules: Schedules, node: Node, held: ExitStack) -> None:
        self.jobs = jobs
        self.schedules = schedules
        self.node = node
        self._store = store
        self._held = held
        self._closed = False

    def __enter__(self) -> JobService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def nodes(self) -> list[JsonObject]:
        """Return every node of this store, with what it works on."""
        return list_nodes(self._store)

    def close(self) -> None:
        """Take no more jobs, wait for those at work or put them back, and stop; again does nothing."""
        if self._closed:
            return
        self._closed = True
        with self._held:
            self.node.close()


def open_jobs(
    store: Store,
    runtime: Runtime,
    catalogue: Catalogue,
    settings: JobSettings | None = None,
    *,
    recorders: Recorders = NOBODY,
    executions: Executions | None = None,
    switches: Switches | None = None,
) -> JobService:
    """Begin to work on the jobs of a store.

    Args:
        store, runtime, catalogue: Of the caller, who closes them after the service.
        recorders: Who keeps executions so that they can be replayed.
        executions: Where those of jobs are to be found while they are under way; of the caller.
        switches: Those that this process has already for the store.

    Raises:
        Conflict: Another process works on this SQLite file.
        Unavailable: The database cannot be reached.
    """
    from ratchet.jobs.dbos_dispatch import DbosDispatcher, open_dbos_engine

    settings = settings or JobSettings()
    with ExitStack() as opened:
        folder = opened.enter_context(_own_folder(store.engine.url)) if store.is_sqlite else None
        me = Me(EMBEDDED if store.is_sqlite else _new_node_id(), new_execution_id())
        executions = executions or opened.enter_context(closing(Executions(runtime)))
        slots = Slots(settings.slots or default_workers())
        dispatcher = DbosDispatcher(
            open_dbos_engine(store.engine.url, folder),
            me.executor,
            most=slots.count + _AHEAD,
            poll_seconds=settings.poll_seconds,
        )
        line = Line(store, dispatcher, settings, slots, None if store.is_sqlite else me.node_id)
        find = finder_of(catalogue, (switches or Switches(store)).check)
        work = Work(store, line, settings, slots, runtime, find, me.node_id, recorders, executions.showing)
        takeover = Takeover(store, dispatcher, line, settings, me, alone=store.is_sqlite)
        firing = Firing(store, line, settings, find)
        workers = functools.partial(workers_json, runtime.pool, executions)
        node = Node(store, dispatcher, settings, slots, line, work, takeover, firing, me, workers)
        node.start()
        held = opened.pop_all()

    hands = Hands(line.send, work.cancel, lambda job: line.release(like=job))
    asking = (store, settings, find, checker_of(runtime), hands)
    return JobService(store, Jobs(*asking), Schedules(*asking), node, held)


@contextmanager
def _own_folder(database: URL) -> Iterator[str]:
    """Lend the folder of a file of SQLite to one process at a time; one that does not last for what is in memory."""
    if is_memory(database):
        with TemporaryDirectory(prefix="ratchet") as folder:
            yield folder
        return
    path = lock_path(database.database or "")
    with hold_lock(path, _TAKEN):
        yield os.path.dirname(path)


def _new_node_id() -> str:
    host = "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in socket.gethostname())
    return f"{host[:40] or 'node'}-{os.getpid()}-{secrets.token_hex(3)}"
