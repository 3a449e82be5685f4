"""A data folder whose database is opened when a list is asked for: to keep an execution needs none."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ratchet.errors import NotFound
from ratchet.execution.folder_keeper import FolderKeeper

if TYPE_CHECKING:
    from ratchet.execution.document import Execution
    from ratchet.execution.keeper import Retention, Wanted
    from ratchet.store.keeper import StoreKeeper


class LateStoreKeeper(FolderKeeper):
    """Keeps recordings, and lists them by the database that takes them over.

    Args:
        data: The data folder.
        open_store: Opens its database.
    """

    def __init__(self, data: str, open_store: Callable[[], StoreKeeper]) -> None:
        super().__init__(data)
        self._open_store = open_store
        self._lock = threading.Lock()
        self._store: StoreKeeper | None = None

    def find(self, identity: str) -> Execution:
        """Return an execution by its id, or by what no other id begins with.

        Raises:
            NotFound: There is none.
            Conflict: More than one begins so.
        """
        try:
            return super().find(identity)
        except NotFound:
            store = self._opened()
            if store is None:
                raise
            return store.find(identity)

    def newest(self, wanted: Wanted) -> list[Execution]:
        """Return the executions that are asked for, the newest first."""
        store = self._opened()
        return [] if store is None else store.newest(wanted)

    def prune(self, retention: Retention) -> int:
        """Remove executions that have ended, with their recordings; return how many they were."""
        store = self._opened()
        return 0 if store is None else store.prune(retention)

    def _opened(self) -> StoreKeeper | None:
        """Return the database, up to date with the recordings; None where there is no folder for it."""
        with self._lock:
            if self._store is None and os.path.isdir(os.path.dirname(self.folder)):
                self._store = self._open_store()
            if self._store is not None:
                self._store.adopt()
            return self._store

    def close(self) -> None:
        """Close the database if it was opened."""
        if self._store is not None:
            self._store.close()
