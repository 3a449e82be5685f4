"""Things to do again and again, in a thread of their own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from ratchet.errors import Unavailable

log = logging.getLogger(__name__)


class Rounds:
    """Calls each action every so many seconds until it is closed; the failure of one does not keep the others.

    Args:
        actions: The seconds between two calls of each.
    """

    def __init__(self, name: str, actions: Mapping[Callable[[], None], float]) -> None:
        self._actions = actions
        self._closed = threading.Event()
        self._said: dict[Callable[[], None], str] = {}
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Wait until nothing is done any more."""
        self._closed.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        due = {action: time.monotonic() + seconds for action, seconds in self._actions.items()}
        while not self._closed.wait(max(0.0, min(due.values()) - time.monotonic())):
            for action, seconds in self._actions.items():
                if due[action] <= time.monotonic() and not self._closed.is_set():
                    self._call(action)
                    due[action] = max(due[action] + seconds, time.monotonic())

    def _call(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Unavailable as error:
            # Said once, not at each round of a long night without a database.
            if self._said.get(action) != error.message:
                log.warning("%s", error.message)
            self._said[action] = error.message
        except Exception:
            log.exception("a round of the node has failed")
        else:
            self._said.pop(action, None)
