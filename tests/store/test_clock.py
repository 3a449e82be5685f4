"""The time of a store, when the clock of the machine is wrong."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from ratchet.store.clock import now_in
from ratchet.store.store import open_store

HOUR = timedelta(hours=1)
NEAR = timedelta(minutes=10)


@pytest.mark.parametrize("wrong", [HOUR, -HOUR])
def test_a_store_goes_by_the_clock_of_its_database(
    database_url: str, monkeypatch: pytest.MonkeyPatch, wrong: timedelta
) -> None:
    right = time.time
    with open_store(database_url) as store, store.writing() as session:
        before = now_in(session)
        monkeypatch.setattr(time, "time", lambda: right() + wrong.total_seconds())
        gone_by = now_in(session) - before
        assert abs(gone_by - (wrong if store.is_sqlite else timedelta(0))) < NEAR
