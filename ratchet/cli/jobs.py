"""Jobs and schedules as the configuration has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ratchet.cli.configured import open_pool, open_runtime
from ratchet.cli.keeping import open_store_keeper
from ratchet.cli.paths import data_folder
from ratchet.cli.sources import open_catalogue
from ratchet.cli.talk import print_hint

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.jobs.jobs import Jobs
    from ratchet.jobs.schedules import Schedules
    from ratchet.jobs.settings import JobSettings
    from ratchet.store.keeper import StoreKeeper

_DAY_SECONDS = 86_400


class Asking(NamedTuple):
    """What the commands of jobs and schedules work with; they ask, and nodes do the work."""

    jobs: Jobs
    schedules: Schedules
    keeper: StoreKeeper


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
def open_asking(configuration: Configuration) -> Iterator[Asking]:
    """Lend the jobs and schedules of the database that the configuration names, or of the data folder.

    Raises:
        MissingExtra, InvalidConfig, Refused, Conflict, Unavailable: See `open_store_keeper`.
    """
    keeper = open_store_keeper(configuration, configuration.values["data.folder"] or data_folder())
    try:
        from ratchet.jobs.finding import checker_of, finder_of
        from ratchet.jobs.jobs import Jobs
        from ratchet.jobs.schedules import Schedules

        settings, find = job_settings(configuration), finder_of(open_catalogue(configuration))
        with open_runtime(configuration, open_pool(configuration)) as runtime:
            jobs = Jobs(keeper.store, settings, find, checker_of(runtime))
            yield Asking(jobs, Schedules(keeper.store, settings, find), keeper)
    finally:
        keeper.close()


def say_if_nobody_works(asking: Asking, database: str | None) -> None:
    """Print how jobs come to be worked on where no node has lately said that it lives."""
    from ratchet.jobs.node import list_nodes
    from ratchet.jobs.settings import JobSettings

    since = datetime.now(UTC) - timedelta(seconds=JobSettings().dead_seconds)
    nodes = list_nodes(asking.keeper.store)
    if not any(datetime.fromisoformat(node["beat_at"]) > since for node in nodes):
        command = "ratchet serve` or `ratchet worker" if database else "ratchet serve"
        print_hint(f"Nobody works on jobs now; `{command}` does")
