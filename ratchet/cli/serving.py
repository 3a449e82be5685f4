"""What `ratchet serve` puts together: one runtime, one catalogue, one store behind all doors of the server."""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from ratchet.cli.configured import open_pool, open_runtime
from ratchet.cli.jobs import job_settings
from ratchet.cli.keeping import open_server_keeper
from ratchet.cli.logs import close_logger, open_logger, taking_modules
from ratchet.cli.paths import data_folder
from ratchet.cli.resident import settle
from ratchet.cli.sources import open_catalogue
from ratchet.config.secrets import read_secret
from ratchet.execution.executions import Executions
from ratchet.execution.folder_keeper import FolderKeeper
from ratchet.jobs.finding import checker_of, finder_of
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.schedules import Schedules
from ratchet.jobs.service import JobService, open_jobs
from ratchet.jobs.work import Recorders
from ratchet.registry.own_folders import folder_sources
from ratchet.sandbox.cancellation import Cancellation
from ratchet.server.api_key import digest_of, is_one_of
from ratchet.server.api_key import new_key as make_key
from ratchet.server.app import create_app
from ratchet.server.lifespan import Mounted
from ratchet.server.listen import check_tls, open_socket, serve, url_of
from ratchet.server.metrics import Metrics
from ratchet.server.once import Once
from ratchet.server.service import Service, Writable
from ratchet.store.api_keys import key_digests, replace_keys
from ratchet.store.store import Store
from ratchet.store.switches import Switches
from ratchet.task.model import Limits

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.config.server import ServerSettings

_SLACK_SECONDS = 60.0


@contextmanager
def open_service(configuration: Configuration, settings: ServerSettings, folders: Sequence[str]) -> Iterator[Service]:
    """Lend what the routes work with; at the end, executions that are under way have their time to end."""
    own = folder_sources(folders, [source.name for source in configuration.sources()])
    log = open_logger(configuration.logging)
    metrics = Metrics()
    try:
        with open_runtime(configuration, open_pool(configuration)) as runtime:
            keeper = open_server_keeper(configuration, data_folder())
            switches = Switches(keeper.store)
            # Closing it closes the keeper.
            with closing(Executions(runtime, keeper, [metrics.execution_ended], switches.check)) as executions:
                keeper.keep_up(lambda: configuration.retention(time.time()), log)
                metrics.watch(executions, runtime.pool)
                catalogue = open_catalogue(configuration, beside=own)
                recorder = FolderKeeper(configuration.values["data.folder"] or data_folder())
                asking = job_settings(configuration), finder_of(catalogue, switches.check)
                yield Service(
                    settings,
                    runtime,
                    catalogue,
                    executions,
                    Once(keeper.store, executions, _patience(keeper.store, runtime.limits)),
                    metrics,
                    log,
                    Writable(own[0].name, own[0].uri) if own else None,
                    keeper.store,
                    None if keeper.recorder else recorder,
                    switches,
                    Jobs(keeper.store, *asking, checker_of(runtime)),
                    Schedules(keeper.store, *asking, checker_of(runtime)),
                    threading.Lock(),
                    Cancellation(),
                )
                executions.drain(settings.shutdown_seconds)
    finally:
        close_logger(log)


def _patience(store: Store, limits: Limits) -> timedelta:
    """Return how long another server may work on an execution that this one does not know."""
    # Nobody else works on an SQLite file.
    return timedelta(0) if store.is_sqlite else timedelta(seconds=limits.timeout_seconds + _SLACK_SECONDS)


def serve_clients(service: Service, configuration: Configuration, *, new_key: bool) -> None:
    """Serve until a signal ends it, and say where.

    Args:
        new_key: Whether the key is made anew.

    Raises:
        Unavailable: The address cannot be listened on, or the database does not answer.
    """
    settings = service.settings
    check_tls(settings)
    with taking_modules(service.log), open_socket(settings) as listening, _node(service, configuration) as node:
        # A key is shown once: by a server that serves.
        is_key = _key_check(service, configuration, new_key=new_key) if settings.require_key else None
        working = service._replace(jobs=node.jobs, schedules=node.schedules)
        url = url_of(listening, settings)
        with _mounted(working, configuration, url) as mounted:
            words = f"Serving on {url}; its documentation is at /docs"
            app = create_app(working, is_key, mounted)
            settle()
            serve(app, listening, settings, service.closing, lambda: _say(words))


def _node(service: Service, configuration: Configuration) -> JobService:
    """Begin to work on the jobs of the store; at the end, those at work have their time, or are back in line."""
    folder: str | None = configuration.values["data.folder"]
    recorders = Recorders(None if folder is None else FolderKeeper(folder), service.recorder)
    return open_jobs(
        service.store,
        service.runtime,
        service.catalogue,
        job_settings(configuration),
        recorders=recorders,
        executions=service.executions,
        switches=service.switches,
    )


@contextmanager
def _mounted(service: Service, configuration: Configuration, url: str) -> Iterator[Mounted | None]:
    """Lend the tools of MCP, where the extra `mcp` is installed."""
    if importlib.util.find_spec("mcp") is None:
        yield None
        return
    from ratchet.cli.mcp_oauth import open_oauth
    from ratchet.cli.mcp_workshop import make_workshop
    from ratchet.mcp_server.changes import Changes
    from ratchet.mcp_server.desk import Desk
    from ratchet.mcp_server.http import PATH, create_http_app
    from ratchet.mcp_server.protocol import create_server
    from ratchet.mcp_server.publisher import Publisher
    from ratchet.mcp_server.tools import tools_of

    writable = None if configuration.values["mcp.read_only"] else service.writable
    written = [source for source in service.catalogue.sources if writable and source.name == writable.source]
    # This process is a node itself.
    desk = Desk(service.jobs, service.schedules, lambda: True)
    workshop = make_workshop(
        configuration,
        service.runtime,
        service.catalogue,
        service.executions,
        written[0] if written else None,
        lambda: desk,
    )
    changes = Changes()
    server = create_server(workshop, tools_of(workshop), changes)
    oauth = open_oauth(configuration, url + PATH)
    door = create_http_app(
        server,
        check=server.check,
        # Without OAuth, who may ask has been checked before a request comes here.
        credentials=None if oauth is None else oauth.credentials,
        hosts=lambda name: True,
        documents={} if oauth is None else oauth.documents,
        most_body_bytes=service.settings.max_body_bytes,
    )
    with Publisher(workshop.shelf, changes.tell):
        yield Mounted(door, door.paths, checks_tokens=oauth is not None)


def _key_check(service: Service, configuration: Configuration, *, new_key: bool) -> Callable[[str], bool]:
    """Return what tells whether a text is the key: the configured one, else the one that was made."""
    given = service.settings.api_key
    if given is not None:
        return is_one_of([digest_of(read_secret(given, configuration.source.environment))])
    with service.store.writing() as session:
        digests = key_digests(session)
        if new_key or not digests:
            key = make_key()
            digests = [digest_of(key)]
            replace_keys(session, digests[0])
            _say(f"The API key, which is shown this once: {key}")
    return is_one_of(digests)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
