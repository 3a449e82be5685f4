"""The jobs and schedules that `ratchet mcp` offers, where the configuration names a store."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ratchet.cli.jobs import is_worked_on, job_settings
from ratchet.cli.keeping import open_database

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.execution.runtime import Runtime
    from ratchet.mcp_server.desk import Desk
    from ratchet.registry.catalogue import Catalogue
    from ratchet.store.store import Store


class LateDesk:
    """Opens the store when somebody first asks for jobs: most clients never do, and none waits for it at the start.

    Args:
        open_store: Opens it.
        make: Returns what asks it.
    """

    def __init__(self, open_store: Callable[[], Store], make: Callable[[Store], Desk]) -> None:
        self._open_store = open_store
        self._make = make
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._desk: Desk | None = None

    def __call__(self) -> Desk:
        """Return what asks the store.

        Raises:
            InvalidConfig, Refused, Conflict, Unavailable: See `open_store`.
        """
        with self._lock:
            if self._desk is None:
                self._store = self._open_store()
                self._desk = self._make(self._store)
            return self._desk

    def close(self) -> None:
        """Close the store if it was opened."""
        if self._store is not None:
            self._store.close()


def late_desk(configuration: Configuration, runtime: Runtime, catalogue: Catalogue) -> LateDesk | None:
    """Return what asks the store that the configuration names: a database, or the one of a data folder; else None."""
    folder: str | None = configuration.values["data.folder"]
    named = folder is not None or configuration.values["server.database.url"] is not None
    if not named or importlib.util.find_spec("alembic") is None:
        return None

    def make(store: Store) -> Desk:
        from ratchet.jobs.finding import checker_of, finder_of
        from ratchet.jobs.jobs import Jobs
        from ratchet.jobs.schedules import Schedules
        from ratchet.mcp_server.desk import Desk
        from ratchet.store.switches import Switches

        find = finder_of(catalogue, Switches(store).check)
        asking = (store, job_settings(configuration), find, checker_of(runtime))
        return Desk(Jobs(*asking), Schedules(*asking), lambda: is_worked_on(store))

    return LateDesk(lambda: open_database(configuration, folder or "."), make)
