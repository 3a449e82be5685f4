"""Those that wait for a database share one turn, and what one of them does wrong is nothing to the others."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ratchet.errors import Unavailable
from ratchet.store.models import TaskRow
from ratchet.store.store import Store, open_store
from ratchet.store.together import Together

PATIENCE_SECONDS = 60.0
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Counter:
    """Serves numbers, and keeps the first turn until it is told to go on.

    Args:
        failure: What any turn with a negative number raises.
    """

    def __init__(self, failure: Exception) -> None:
        self.turns: list[Sequence[int]] = []
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self._failure = failure

    def serve(self, numbers: Sequence[int]) -> Sequence[int]:
        self.turns.append(sorted(numbers))
        self.began.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        if any(number < 0 for number in numbers):
            raise self._failure
        return [number * 10 for number in numbers]


def ask_during_a_turn(counter: Counter, numbers: Sequence[int]) -> list[Future[int]]:
    """Ask for 0, and for others while that is served; return what came of those."""
    together = Together(counter.serve)
    # Threads of which each has said that it waits before the first turn ends.
    with ThreadPoolExecutor(len(numbers) + 1) as threads:
        first = threads.submit(together.ask, 0)
        assert counter.began.wait(PATIENCE_SECONDS)
        others = [threads.submit(together.ask, number) for number in numbers]
        while len(together._waiting) < len(numbers):
            assert not first.done()
        counter.may_go_on.set()
        assert first.result() == 0
    return others


def test_those_who_wait_share_the_next_turn() -> None:
    counter = Counter(ValueError())
    others = ask_during_a_turn(counter, [1, 2, 3])
    assert [each.result() for each in others] == [10, 20, 30]
    assert counter.turns == [[0], [1, 2, 3]]


def test_one_that_fails_is_nothing_to_the_others() -> None:
    counter = Counter(ValueError("less than nothing"))
    one, bad, other = ask_during_a_turn(counter, [1, -2, 3])
    assert (one.result(), other.result()) == (10, 30)
    with pytest.raises(ValueError, match="less than nothing"):
        bad.result()


def test_nobody_is_asked_again_when_the_database_is_away() -> None:
    counter = Counter(Unavailable("It is away"))
    for each in ask_during_a_turn(counter, [1, -2, 3]):
        with pytest.raises(Unavailable, match="It is away"):
            each.result()
    assert counter.turns == [[0], [-2, 1, 3]]


def test_what_cannot_be_written_leaves_no_trace_and_the_rest_is_kept(database_url: str) -> None:
    with open_store(database_url) as store:
        store.write(lambda session: add_task(session, "there"))
        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(write_task, store, name) for name in "a there b there c there d".split()]
        failures = [each.exception() for each in asked]
        assert [isinstance(failure, IntegrityError) for failure in failures] == [False, True] * 3 + [False]
        with store.reading() as session:
            assert sorted(session.scalars(select(TaskRow.name))) == ["a", "b", "c", "d", "there"]


def add_task(session: Session, name: str) -> None:
    row = TaskRow(name=name, digest="d", version="1", source="/")
    row.first_seen_at = EPOCH
    session.add(row)
    session.flush()


def write_task(store: Store, name: str) -> None:
    store.write(lambda session: add_task(session, name))
