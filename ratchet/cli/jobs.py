"""Jobs and schedules as the configuration has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import typer

from ratchet.cli.configured import load_for, open_pool, open_runtime
from ratchet.cli.extras import need_extra
from ratchet.cli.keeping import open_store_keeper
from ratchet.cli.paths import data_folder
from ratchet.cli.sources import open_catalogue
from ratchet.cli.talk import print_hint
from ratchet.execution.document import ConsoleLine
from ratchet.values import JsonObject

if TYPE_CHECKING:
    from ratchet.cli.remote import RemoteServer
    from ratchet.cli.remote_jobs import RemoteJobs, RemoteSchedules
    from ratchet.config.configuration import Configuration
    from ratchet.jobs.asked import Asked
    from ratchet.jobs.jobs import Jobs, Page
    from ratchet.jobs.schedules import Schedules
    from ratchet.jobs.settings import JobSettings
    from ratchet.store.keeper import StoreKeeper
    from ratchet.store.store import Store

_DAY_SECONDS = 86_400


class Asking(NamedTuple):
    """What the commands of jobs and schedules work with; they ask, and nodes do the work.

    Args:
        find_console: Returns the lines that an execution has written to its console, and how many were left out.
        is_worked_on: Tells whether a node has lately said that it lives.
    """

    jobs: LocalJobs | RemoteJobs
    schedules: Schedules | RemoteSchedules
    find_console: Callable[[str], tuple[Sequence[ConsoleLine], int]]
    is_worked_on: Callable[[], bool]


class LocalJobs:
    """The jobs of the local database, as commands ask for them."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.get = jobs.get
        self.cancel = jobs.cancel
        self.retry = jobs.retry
        self.stats = jobs.stats

    def create(self, asked: Asked) -> JsonObject:
        """Make a job."""
        return self._jobs.create(asked).job

    def page(self, wanted: Mapping[str, str]) -> Page:
        """Return some jobs, the newest first."""
        from ratchet.jobs.listing import JOBS
        from ratchet.store.query import parse_query

        return self._jobs.list(parse_query(JOBS, wanted.items()))


def job_settings(configuration: Configuration) -> JobSettings:
    """Return what the configuration says about jobs."""
    from ratchet.jobs.settings import JobSettings

    values = configuration.values
    days = values["jobs.keep_days"]
    ceilings = values["jobs.ceilings"]
    return JobSettings(
        slots=values["jobs.slots"] or values["execution.workers.max"],
        max_retries=values["jobs.max_retries"],
        backoff_seconds=values["jobs.backoff_seconds"],
        backoff_most_seconds=values["jobs.backoff_most_seconds"],
        poll_seconds=values["jobs.poll_seconds"],
        drain_seconds=values["jobs.drain_seconds"],
        keep_seconds=None if days is None else days * _DAY_SECONDS,
        by_queue={entry["queue"]: entry["concurrency"] for entry in ceilings if entry.get("queue") is not None},
        by_task={entry["task"]: entry["concurrency"] for entry in ceilings if entry.get("task") is not None},
    )


@contextmanager
def open_asking(context: typer.Context, connect: str) -> Iterator[Asking]:
    """Lend the jobs and schedules of a server, of the database in the configuration, or of the data folder.

    Args:
        connect: The URL of the server; empty for none.

    Raises:
        MissingExtra, InvalidConfig, Refused, Conflict, Unavailable: See `open_store_keeper`.
    """
    configuration = load_for(context.obj, {})
    if connect:
        need_extra("server", "sqlalchemy", "`--connect`")
        from ratchet.cli.remote import RemoteServer

        with RemoteServer(connect, configuration) as server:
            yield _connected(server)
        return
    keeper = open_store_keeper(configuration, configuration.values["data.folder"] or data_folder())
    try:
        from ratchet.jobs.finding import checker_of, finder_of
        from ratchet.jobs.jobs import Jobs
        from ratchet.jobs.schedules import Schedules
        from ratchet.store.switches import Switches

        admit = Switches(keeper.store).check
        settings, find = job_settings(configuration), finder_of(open_catalogue(configuration), admit)
        with open_runtime(configuration, open_pool(configuration)) as runtime:
            asking = (keeper.store, settings, find, checker_of(runtime))
            jobs, schedules = LocalJobs(Jobs(*asking)), Schedules(*asking)
            yield Asking(jobs, schedules, _console_in(keeper), lambda: is_worked_on(keeper.store))
    finally:
        keeper.close()


def _connected(server: RemoteServer) -> Asking:
    from ratchet.cli.remote_jobs import RemoteJobs, RemoteSchedules

    def find_console(identity: str) -> tuple[Sequence[ConsoleLine], int]:
        answer = server.get(f"/executions/{identity}/log")
        return [ConsoleLine(**line) for line in answer["console"]], answer["console_dropped"]

    return Asking(RemoteJobs(server), RemoteSchedules(server), find_console, lambda: True)


def _console_in(keeper: StoreKeeper) -> Callable[[str], tuple[Sequence[ConsoleLine], int]]:
    def find_console(identity: str) -> tuple[Sequence[ConsoleLine], int]:
        execution = keeper.find(identity)
        return execution.console, execution.console_dropped

    return find_console


def is_worked_on(store: Store) -> bool:
    """Tell whether a node of a store has lately said that it lives."""
    from ratchet.jobs.node import list_nodes
    from ratchet.jobs.settings import JobSettings

    since = store.clock.now() - timedelta(seconds=JobSettings().dead_seconds)
    return any(datetime.fromisoformat(node["beat_at"]) > since for node in list_nodes(store))


def say_if_nobody_works(asking: Asking) -> None:
    """Print how jobs come to be worked on where no node is."""
    if not asking.is_worked_on():
        print_hint("Nobody works on jobs now; `ratchet serve` does")
