"""Write what many threads hand over from one thread of its own, as much at once as there is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, NamedTuple, TypeVar

from ratchet.store.together import settle

_MOST_AT_ONCE = 200
# What is given others to be written with one: a transaction costs more than what is in it.
_PATIENCE_SECONDS = 0.02
_Item = TypeVar("_Item")


class _Given(NamedTuple, Generic[_Item]):
    item: _Item
    answer: Future[None]
    patient: bool


class Writer(Generic[_Item]):
    """Writes in the background; who hands something over need not wait for it.

    Args:
        write: Writes some items in one transaction; it may be called again for the same after it has raised.
        name: What the thread is called, which there is from the first item on.
        patience_seconds: How long what may wait is kept for others.
    """

    def __init__(
        self,
        write: Callable[[Sequence[_Item]], Sequence[None]],
        name: str,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._write = write
        self._name = name
        self._patience_seconds = patience_seconds
        self._changed = threading.Condition()
        self._waiting: list[_Given[_Item]] = []
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def give(self, item: _Item, *, patient: bool = False) -> Future[None]:
        """Hand an item over, and return what is done when it is written, or has failed to be.

        Args:
            patient: It may wait a moment for others.
        """
        given = _Given(item, Future[None](), patient)
        with self._changed:
            if self._closing.is_set():
                raise ValueError("the writer is closed")
            self._waiting.append(given)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()
        return given.answer

    def close(self) -> None:
        """Write what waits, and end the thread."""
        with self._changed:
            self._closing.set()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while batch := self._next():
            settle(self._write, [(given.item, given.answer) for given in batch])

    def _next(self) -> list[_Given[_Item]]:
        """Return what is to be written, as soon as there is something; nothing at the end."""
        with self._changed:
            while not self._waiting and not self._closing.is_set():
                self._changed.wait()
            patient = bool(self._waiting) and all(given.patient for given in self._waiting)
        if patient:
            self._closing.wait(self._patience_seconds)
        with self._changed:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
        return batch
