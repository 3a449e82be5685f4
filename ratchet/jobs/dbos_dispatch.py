"""The engine that hands out jobs: DBOS Transact, of which one generic workflow stands for every ticket.

The version of a task and its digest are data of ours. A node takes only what has its own `application_version` and
knows by name, so both are constant.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextvars import Context
from typing import Any

from dbos import DBOS, EnqueueOptions, SetWorkflowID
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from ratchet.jobs.dispatch import RunTicket, Ticket
from ratchet.store.engine import PLAIN, TIMEOUT_SECONDS, make_file
from ratchet.store.reach import reached
from ratchet.store.sqlite import set_up

log = logging.getLogger(__name__)

_QUEUE = "jobs"
_WORKFLOW = "attempt"
_VERSION = "1"
_SCHEMA = "ratchet_engine"
_CONNECTIONS = 10
_BUSY_SECONDS = 30
_SPARE = "Move it away: a new one is made, and the jobs go on"


class _Hearer(logging.Handler):
    """Takes what DBOS logs: much of it, often, and with tracebacks, where the database is away for a while.

    What has to be known of that the node says itself, so the lines are for who asks for more.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Log the first line in its place."""
        line = record.getMessage().partition("\n")[0]
        log.log(logging.WARNING if record.levelno >= logging.ERROR else logging.INFO, "the engine: %s", line)


class DbosDispatcher:
    """Hands out tickets by DBOS, of which a process has one at a time.

    Args:
        engine: Where its tables are: a file or a schema of their own.
        executor: What this process is called; new each time, so that nobody takes its work for that of an earlier one.
        most: Tickets that this process may hold at a time, at work or waiting for a place.
        poll_seconds: How often it looks for work that others have put in line.
    """

    def __init__(self, engine: Engine, executor: str, *, most: int, poll_seconds: float) -> None:
        self._engine = engine
        self._executor = executor
        self._most = most
        self._poll_seconds = poll_seconds
        self._attempt: Any = None

    def start(self, run: RunTicket) -> None:
        """Take part in the work; see `Dispatcher`."""
        # DBOS takes the handlers that there are, and makes one of its own where there is none.
        engine_log = logging.getLogger("dbos")
        engine_log.handlers, engine_log.propagate = [_Hearer()], False
        # DBOS would print where in itself it has failed.
        with reached(self._engine, spare=_SPARE):
            self._engine.connect().close()
        DBOS(
            config={
                "name": "ratchet",
                "system_database_engine": self._engine,
                "dbos_system_schema": _SCHEMA,
                "application_version": _VERSION,
                "executor_id": self._executor,
                # It advertises at INFO.
                "log_level": "WARNING",
                "use_listen_notify": False,
            }
        )

        # Recovery is ours, and so is the count of the nodes that died of a job.
        @DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=None)
        def attempt(job_id: str, number: int, rank: int) -> None:
            # What a ticket makes its holder send is no part of this workflow.
            Context().run(run, Ticket(job_id, number, rank))

        self._attempt = attempt
        with reached(self._engine, spare=_SPARE):
            DBOS.launch()
            DBOS.register_queue(
                _QUEUE,
                worker_concurrency=self._most,
                polling_interval_sec=self._poll_seconds,
                on_conflict="always_update",
            )

    def send(self, ticket: Ticket) -> None:
        """Put a ticket in line; see `Dispatcher`."""
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "queue_name": _QUEUE,
            "workflow_id": ticket.name,
            "priority": ticket.rank,
            "app_version": _VERSION,
        }
        with reached(self._engine, spare=_SPARE):
            DBOS.enqueue_workflow_with_options(options, ticket.job_id, ticket.number, ticket.rank)

    def flush(self) -> None:
        """Make sure that what has been sent is not lost; see `Dispatcher`.

        On PostgreSQL whatever is committed afterwards takes it to the disk.
        """
        if self._engine.dialect.name == "sqlite":
            with open(f"{self._engine.url.database}-wal", "rb+") as log:
                os.fsync(log.fileno())

    def run_here(self, ticket: Ticket) -> None:
        """Have this process work on a ticket now; see `Dispatcher`."""
        with reached(self._engine, spare=_SPARE), SetWorkflowID(ticket.name):
            DBOS.start_workflow(self._attempt, ticket.job_id, ticket.number, ticket.rank)

    def withdraw(self, names: Collection[str]) -> None:
        """Hand out these tickets no more; see `Dispatcher`."""
        DBOS.cancel_workflows(list(names))

    def held(self) -> Mapping[str, Sequence[Ticket]]:
        """Return the tickets at work, by executor; see `Dispatcher`."""
        found: defaultdict[str, list[Ticket]] = defaultdict(list)
        for status in DBOS.list_workflows(status="PENDING", name=_WORKFLOW, load_input=False, load_output=False):
            job_id, _, number = status.workflow_id.rpartition(":")
            found[status.executor_id or ""].append(Ticket(job_id, int(number), status.priority or 1))
        return found

    def among(self, names: Collection[str]) -> Collection[str]:
        """Return which of these tickets are not used up; see `Dispatcher`."""
        alive = ["ENQUEUED", "DELAYED", "PENDING"]
        found = DBOS.list_workflows(workflow_ids=list(names), status=alive, load_input=False, load_output=False)
        return {status.workflow_id for status in found}

    def forget(self, names: Collection[str]) -> None:
        """Drop what is kept about tickets that are used up; see `Dispatcher`."""
        DBOS.delete_workflows(list(names))

    def left(self, most: int) -> Collection[str]:
        """Return tickets that are used up and not forgotten; see `Dispatcher`."""
        ended = ["SUCCESS", "ERROR", "CANCELLED"]
        found = DBOS.list_workflows(status=ended, name=_WORKFLOW, limit=most, load_input=False, load_output=False)
        return [status.workflow_id for status in found]

    def close(self, *, seconds: float) -> None:
        """Stop; see `Dispatcher`."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=round(seconds))
        self._engine.dispose()


def open_dbos_engine(database: URL, folder: str | None) -> Engine:
    """Return a connection to the tables of DBOS: a schema of their own beside ours, or a file of their own on SQLite.

    Nobody waits for the disk: our tables are the truth, and a ticket that is lost is sent again.

    Args:
        folder: Where the file is; None for PostgreSQL.
    """
    if folder is None:
        arguments = {
            **PLAIN,
            "connect_timeout": round(TIMEOUT_SECONDS),
            "application_name": "ratchet-engine",
            "options": "-c synchronous_commit=off",
        }
        return create_engine(
            database, pool_size=_CONNECTIONS, max_overflow=0, pool_pre_ping=True, connect_args=arguments
        )
    path = os.path.join(folder, "engine.db")
    make_file(path)
    engine = create_engine(
        URL.create("sqlite", database=path),
        poolclass=QueuePool,
        pool_size=_CONNECTIONS,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        # As DBOS sets up those that it opens itself, and the functions that its tables need.
        connection.isolation_level = "IMMEDIATE"
        set_up(connection, busy_seconds=_BUSY_SECONDS, synchronous="NORMAL")

    return engine
