"""`ratchet worker`: a further node on the database of a server."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ratchet.cli.application import make_app
from ratchet.cli.configured import load_for, open_pool, open_runtime
from ratchet.cli.extras import need_extra
from ratchet.cli.jobs import job_settings
from ratchet.cli.keeping import open_store_keeper
from ratchet.cli.paths import data_folder
from ratchet.cli.resident import settle
from ratchet.cli.sources import open_catalogue
from ratchet.errors import InvalidConfig

app = make_app()


@app.command()
def worker(context: typer.Context) -> None:
    """Work on the jobs of a shared database, beside a server or another worker.

    It ends on SIGTERM or Ctrl-C, once its jobs have ended or are back in line.
    """
    configuration = load_for(context.obj, {})
    url = configuration.database_url()
    if url is None or url.startswith("sqlite"):
        hint = "Set `server.database.url` to `postgresql://…`; on SQLite, `ratchet serve` works alone"
        raise InvalidConfig("A worker needs a database on PostgreSQL, which several nodes share", hint=hint)
    need_extra("server", "dbos", "`ratchet worker`")
    from ratchet.cli.logs import log_of_modules
    from ratchet.execution.folder_keeper import FolderKeeper
    from ratchet.jobs.service import open_jobs
    from ratchet.jobs.work import Recorders

    with (
        _stopped_by_signals() as stopped,
        log_of_modules(configuration.logging),
        open_runtime(configuration, open_pool(configuration)) as runtime,
    ):
        keeper = open_store_keeper(configuration, configuration.values["data.folder"])
        try:
            settings, catalogue = job_settings(configuration), open_catalogue(configuration)
            recorders = Recorders(keeper.recorder, FolderKeeper(data_folder()))
            with open_jobs(keeper.store, runtime, catalogue, settings, recorders=recorders) as service:
                settle()
                print(f"{service.node.me.node_id} works on jobs", file=sys.stderr)
                stopped.wait()
                print("No more jobs are taken; waiting for those at work", file=sys.stderr)
        finally:
            keeper.close()


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Lend an event that SIGTERM and Ctrl-C set; the second of them ends the process."""
    stopped = threading.Event()

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
