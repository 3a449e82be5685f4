"""What many hand over to be written is written by one, together, and none of it is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest

from ratchet.errors import Unavailable
from ratchet.store.writer import Writer

PATIENCE_SECONDS = 60.0


class Book:
    """Keeps what is written, and the first turn until it is told to go on; numbers below 0 cannot be written."""

    def __init__(self) -> None:
        self.turns: list[Sequence[int]] = []
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.failure: Exception = ValueError("less than nothing")

    def write(self, numbers: Sequence[int]) -> Sequence[None]:
        self.turns.append(list(numbers))
        self.began.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        if any(number < 0 for number in numbers):
            raise self.failure
        return [None] * len(numbers)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def writer(book: Book) -> Iterator[Writer[int]]:
    made = Writer(book.write, "test-writer")
    yield made
    book.may_go_on.set()
    made.close()


def test_what_comes_while_it_writes_is_written_at_once(book: Book, writer: Writer[int]) -> None:
    first = writer.give(0)
    assert book.began.wait(PATIENCE_SECONDS)
    others = [writer.give(number) for number in (1, 2, 3)]
    assert not first.done()
    book.may_go_on.set()
    assert [each.result(PATIENCE_SECONDS) for each in (first, *others)] == [None] * 4
    assert book.turns == [[0], [1, 2, 3]]


def test_one_that_fails_is_nothing_to_the_others(book: Book, writer: Writer[int]) -> None:
    writer.give(0)
    assert book.began.wait(PATIENCE_SECONDS)
    one, bad, other = (writer.give(number) for number in (1, -2, 3))
    book.may_go_on.set()
    assert one.result(PATIENCE_SECONDS) is other.result(PATIENCE_SECONDS) is None
    assert isinstance(bad.exception(PATIENCE_SECONDS), ValueError)
    assert book.turns == [[0], [1, -2, 3], [1], [-2], [3]]


def test_nobody_is_tried_again_when_the_database_is_away(book: Book, writer: Writer[int]) -> None:
    book.failure = Unavailable("It is away")
    book.may_go_on.set()
    assert isinstance(writer.give(-1).exception(PATIENCE_SECONDS), Unavailable)
    assert book.turns == [[-1]]


def test_what_waits_at_the_end_is_written(book: Book) -> None:
    writer = Writer(book.write, "test-writer")
    writer.give(0)
    assert book.began.wait(PATIENCE_SECONDS)
    last = writer.give(1, patient=True)
    closing = threading.Thread(target=writer.close)
    closing.start()
    book.may_go_on.set()
    closing.join(PATIENCE_SECONDS)
    assert last.result(0) is None
    assert book.turns == [[0], [1]]
    with pytest.raises(ValueError, match="closed"):
        writer.give(2)


def test_what_can_wait_is_written_together_and_does_not_hold_up_the_end(book: Book) -> None:
    book.may_go_on.set()
    writer = Writer(book.write, "test-writer", PATIENCE_SECONDS)
    together = [writer.give(number, patient=True) for number in (1, 2, 3)]
    assert not book.began.wait(0.1)
    writer.close()
    assert [each.result(0) for each in together] == [None] * 3
    assert book.turns == [[1, 2, 3]]
