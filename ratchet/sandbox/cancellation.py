"""A token with which one thread stops what another is waiting for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancellation:
    """Cancelled once and for all; whoever has something to stop says what to call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._actions: list[Callable[[], None]] = []
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Tell whether somebody has cancelled."""
        return self._cancelled

    def cancel(self) -> None:
        """Cancel; from any thread, and as often as one likes."""
        with self._lock:
            self._cancelled = True
            actions, self._actions = self._actions, []
        for action in actions:
            action()

    @contextmanager
    def on_cancel(self, action: Callable[[], None]) -> Iterator[None]:
        """Call the action on cancelling, at once if that has happened, as long as the block lasts."""
        with self._lock:
            if not self._cancelled:
                self._actions.append(action)
        if self._cancelled:
            action()
        try:
            yield
        finally:
            with self._lock:
                if action in self._actions:
                    self._actions.remove(action)
