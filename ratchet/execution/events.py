"""What happens to an execution, in order, for any number of those who follow it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from ratchet.values import JsonObject

Kind = Literal["queued", "started", "progress", "log", "finished"]


class Event(NamedTuple):
    """One thing that happened.

    Args:
        number: From 1; whoever has seen that many asks for those after it.
    """

    number: int
    kind: Kind
    data: JsonObject


class Events:
    """Keeps what happened from the start, so that who comes late misses nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._followers: list[Callable[[], None]] = []

    def add(self, kind: Kind, data: JsonObject) -> None:
        """Note what happened, and tell those who follow; from any thread."""
        with self._lock:
            self._events.append(Event(len(self._events) + 1, kind, data))
            followers = list(self._followers)
        for tell in followers:
            tell()

    @property
    def last(self) -> Event | None:
        """What has happened last."""
        with self._lock:
            return self._events[-1] if self._events else None

    def after(self, number: int) -> list[Event]:
        """Return the events with a higher number."""
        with self._lock:
            return self._events[max(0, number) :]

    @contextmanager
    def follow(self, tell: Callable[[], None]) -> Iterator[None]:
        """Call a function after each event, as long as the block lasts."""
        with self._lock:
            self._followers.append(tell)
        try:
            yield
        finally:
            with self._lock:
                self._followers.remove(tell)
