"""What a server does from time to time for the executions that it keeps."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from ratchet.errors import RatchetError
from ratchet.execution.keeper import Retention

_SECONDS = 60.0


class Kept(Protocol):
    """What is looked after."""

    def adopt(self) -> int:
        """Take over recordings that others have written."""

    def prune(self, retention: Retention) -> int:
        """Remove old executions."""


class Upkeep:
    """Takes over new recordings and removes old executions, at once and every minute, in a thread of its own.

    Args:
        retention: Returns which executions are too old by now.
    """

    def __init__(self, kept: Kept, retention: Callable[[], Retention], log: logging.Logger) -> None:
        self._kept = kept
        self._retention = retention
        self._log = log
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, after what it is about."""
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while True:
            self._look_after()
            if self._ended.wait(_SECONDS):
                return

    def _look_after(self) -> None:
        try:
            self._kept.adopt()
            removed = self._kept.prune(self._retention())
        except RatchetError as error:
            self._log.warning("%s", error)
        except Exception:
            # Whatever it was, the next minute may do better.
            self._log.exception("Old executions cannot be looked after")
        else:
            if removed:
                self._log.info("%s executions removed", f"{removed:,}")
