"""Where executions are kept: in a data folder, in a database, in both, or nowhere."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ratchet.cli.extras import need_extra
from ratchet.cli.one_run import NotKept
from ratchet.errors import RatchetError
from ratchet.execution.folder_keeper import FolderKeeper
from ratchet.execution.keeper import both

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.execution.document import Execution
    from ratchet.execution.keeper import Keeper
    from ratchet.execution.surroundings import Recorder
    from ratchet.store.keeper import StoreKeeper
    from ratchet.store.store import Store

_FILE = "ratchet.db"


def open_keeper(configuration: Configuration) -> Keeper | None:
    """Return who keeps the executions of a command; None where nothing is to be kept.

    A data folder alone is enough: recordings are written to it, and whoever opens its database next takes them over. So
    a command of one execution waits for no database.
    """
    folder: str | None = configuration.values["data.folder"]
    if configuration.values["server.database.url"] is not None:
        return open_store_keeper(configuration, folder)
    return None if folder is None else _open_folder(configuration, folder)


def open_kept(configuration: Configuration, default: str) -> Keeper:
    """Return what looks at executions that are kept.

    Args:
        default: The data folder where the configuration names none.
    """
    return open_keeper(configuration) or _open_folder(configuration, default)


def _open_folder(configuration: Configuration, folder: str) -> FolderKeeper:
    """Return a data folder, with its database where that can be opened."""
    if importlib.util.find_spec("alembic") is None:
        return FolderKeeper(folder)
    from ratchet.store.late import LateStoreKeeper

    return LateStoreKeeper(folder, lambda: open_store_keeper(configuration, folder))


def open_store_keeper(configuration: Configuration, folder: str | None) -> StoreKeeper:
    """Open the database and return it as what keeps executions.

    Args:
        folder: The data folder; its recordings are taken over.

    Raises:
        MissingExtra: What a database needs is not installed.
        InvalidConfig, Refused, Conflict, Unavailable: See `open_store`.
    """
    need_extra("server", "alembic", "A database")
    return _keep_in(open_database(configuration, folder or "."), folder)


def open_server_keeper(configuration: Configuration, default: str) -> StoreKeeper:
    """Open the database of a server, which has one whatever the configuration says.

    Args:
        default: The data folder where the configuration names none; only what somebody asks for is recorded there.

    Raises:
        InvalidConfig, Refused, Conflict, Unavailable: See `open_store`.
    """
    folder: str | None = configuration.values["data.folder"]
    return _keep_in(open_database(configuration, folder or default), folder or default, records_all=folder is not None)


def open_database(configuration: Configuration, folder: str) -> Store:
    """Open the database that the configuration names, else the one in a folder."""
    from ratchet.store.store import open_store

    return open_store(configuration.database_url() or file_url(folder), **connection_options(configuration))


def _keep_in(store: Store, folder: str | None, *, records_all: bool = True) -> StoreKeeper:
    from ratchet.store.keeper import StoreKeeper

    keeper = StoreKeeper(store, None if folder is None else FolderKeeper(folder), records_all=records_all)
    keeper.adopt()
    return keeper


def connection_options(configuration: Configuration) -> dict[str, Any]:
    """Return how a database is connected to."""
    return {
        "max_connections": configuration.values["server.database.max_connections"],
        "timeout_seconds": configuration.values["server.database.connection_timeout_seconds"],
    }


def file_url(folder: str) -> str:
    """Return the URL of the database in a data folder."""
    return f"sqlite:{quote(os.fsencode(os.path.join(os.path.abspath(folder), _FILE)))}"


def keep_run(
    run_it: Callable[..., Execution], configuration: Configuration, recorder: Recorder | None
) -> Callable[..., Execution]:
    """Return a function that runs a task as another does, and keeps the execution too.

    Args:
        recorder: Who records it besides.
    """

    def run_and_keep(**options: Any) -> Execution:
        keeper = open_keeper(configuration)
        if keeper is None:
            return run_it(**options)
        try:
            return keep(keeper, run_it(recorder=both(recorder, keeper.recorder), **options))
        finally:
            keeper.close()

    return run_and_keep


def keep(keeper: Keeper, execution: Execution) -> Execution:
    """Keep an execution that has ended, and return it.

    Raises:
        NotKept: That is not possible.
    """
    try:
        keeper.end(execution).result()
    except RatchetError as error:
        raise NotKept(execution, error) from None
    return execution
