"""Which tasks are switched off: by their names, for every process that works on the same store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sqlalchemy import delete, select

from ratchet.errors import TaskDisabled
from ratchet.store.columns import now
from ratchet.store.models import DisabledTaskRow
from ratchet.store.store import Store
from ratchet.store.upsert import upsert
from ratchet.task.text import printable

_FRESH_SECONDS = 1.0


class Switches:
    """The switches of a store; what another process has switched is seen within a second.

    Args:
        clock: Counts seconds.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._off: frozenset[str] = frozenset()
        self._stale_at = 0.0

    def check(self, name: str) -> None:
        """Refuse to run a task that is switched off.

        Raises:
            TaskDisabled: It is.
            Unavailable: The database cannot be reached.
        """
        if name in self.disabled():
            hint = f"`POST /api/v1/tasks/{printable(name)}/enable` switches it on"
            raise TaskDisabled(f"The task `{printable(name)}` is disabled", hint=hint)

    def disabled(self) -> frozenset[str]:
        """Return the names of the tasks that are switched off.

        Raises:
            Unavailable: The database cannot be reached.
        """
        with self._lock:
            if self._clock() >= self._stale_at:
                self._read()
            return self._off

    def set(self, name: str, *, enabled: bool) -> None:
        """Switch a task on or off.

        Raises:
            Unavailable: The database cannot be reached.
        """
        with self._store.writing() as session:
            if enabled:
                session.execute(delete(DisabledTaskRow).where(DisabledTaskRow.name == name))
            else:
                upsert(session, DisabledTaskRow, [{"name": name, "disabled_at": now()}], replace=False)
        with self._lock:
            self._read()

    def _read(self) -> None:
        with self._store.reading() as session:
            self._off = frozenset(session.scalars(select(DisabledTaskRow.name)))
        self._stale_at = self._clock() + _FRESH_SECONDS
