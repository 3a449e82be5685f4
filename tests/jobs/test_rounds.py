"""What is done again and again goes on after a failure, which is said once."""

from __future__ import annotations

import logging
import threading

import pytest

from ratchet.errors import Unavailable
from ratchet.jobs.rounds import Rounds

PATIENCE_SECONDS = 60.0


def test_a_failure_that_stays_the_same_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    ends = iter(["away", "away", "starting", "", "starting"])
    ended = threading.Event()

    def look() -> None:
        said = next(ends, None)
        if said is None:
            ended.set()
        elif said:
            raise Unavailable(said)

    rounds = Rounds("test", {look: 0.001})
    rounds.start()
    assert ended.wait(PATIENCE_SECONDS)
    rounds.close()
    assert [record.getMessage() for record in caplog.records] == ["away", "starting", "starting"]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
