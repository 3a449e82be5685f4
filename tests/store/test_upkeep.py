"""What a server does from time to time for the executions that it keeps."""

from __future__ import annotations

import logging
import threading

import pytest

from ratchet.execution.keeper import Retention
from ratchet.store.upkeep import Upkeep


class Broken:
    """Keeps nothing, and fails in a way that nobody has thought of."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def adopt(self) -> int:
        """Fail."""
        self.asked.set()
        raise OSError("the disk is gone")

    def prune(self, retention: Retention) -> int:
        """Remove nothing."""
        return 0


def test_a_failure_is_logged_and_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    broken = Broken()
    upkeep = Upkeep(broken, Retention, logging.getLogger("upkeep"))
    assert broken.asked.wait(30)
    upkeep.close()
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "Old executions cannot be looked after")
    ]
