"""Write executions together: those that end while another is written wait for their turn, and share one commit."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from ratchet.execution.document import Execution
from ratchet.store.executions import save_executions
from ratchet.store.store import Store

_MOST_AT_ONCE = 200


class Writer:
    """Keeps executions for any number of threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[tuple[Execution, Future[None]]] = []

    def save(self, execution: Execution) -> None:
        """Keep an execution; it is on the disk afterwards.

        Raises:
            Unavailable: The database cannot be reached.
        """
        kept: Future[None] = Future()
        with self._lock:
            self._waiting.append((execution, kept))
        while not kept.done():
            with self._turn:
                # Whoever had the turn before may have written this one too.
                if not kept.done():
                    self._write_some()
        kept.result()

    def _write_some(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
        try:
            with self._store.writing() as session:
                save_executions(session, list({execution.id: execution for execution, _ in batch}.values()))
        except BaseException as error:
            for _, kept in batch:
                kept.set_exception(error)
        else:
            for _, kept in batch:
                kept.set_result(None)
