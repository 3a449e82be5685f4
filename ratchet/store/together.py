"""Do for many threads at once what each asks for, as a database writes for them: in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, NamedTuple, TypeVar

from ratchet.errors import Unavailable

_MOST_AT_ONCE = 200
_Item = TypeVar("_Item")
_Got = TypeVar("_Got")


class _Asked(NamedTuple, Generic[_Item, _Got]):
    """What somebody asks for.

    Args:
        called: Set when it has been answered, and when the turn is its own.
    """

    item: _Item
    answer: Future[_Got]
    called: threading.Event


class Together(Generic[_Item, _Got]):
    """Whoever comes while others are served waits, and shares the next turn with all who wait.

    Args:
        serve: Takes the items of a turn and returns what has come of each, in their order; it may be called again
            for the same items after it has raised.
    """

    def __init__(self, serve: Callable[[Sequence[_Item]], Sequence[_Got]]) -> None:
        self._serve = serve
        self._lock = threading.Lock()
        self._waiting: list[_Asked[_Item, _Got]] = []
        self._turn_is_taken = False

    def ask(self, item: _Item) -> _Got:
        """Return what has come of an item, or raise what has.

        Raises:
            Unavailable: The database cannot be reached.
        """
        mine: _Asked[_Item, _Got] = _Asked(item, Future(), threading.Event())
        with self._lock:
            self._waiting.append(mine)
            is_first, self._turn_is_taken = not self._turn_is_taken, True
        if not is_first:
            mine.called.wait()
        if not mine.answer.done():
            self._take_turn()
        return mine.answer.result()

    def _take_turn(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
        settle(self._serve, [(asked.item, asked.answer) for asked in batch])
        with self._lock:
            next_in_line = self._waiting[:1]
            self._turn_is_taken = bool(next_in_line)
        for asked in (*next_in_line, *batch):
            asked.called.set()


def settle(serve: Callable[[Sequence[_Item]], Sequence[_Got]], batch: Sequence[tuple[_Item, Future[_Got]]]) -> None:
    """Serve some items at once, and answer each with what has come of it.

    Where one of them is to blame for a failure, it is nothing to the others, which are served by themselves.
    """
    try:
        got = serve([item for item, _ in batch])
    except BaseException as error:
        if len(batch) > 1 and isinstance(error, Exception) and not isinstance(error, Unavailable):
            for each in batch:
                settle(serve, [each])
            return
        for _, answer in batch:
            answer.set_exception(error)
    else:
        for (_, answer), what in zip(batch, got, strict=True):
            answer.set_result(what)
