"""Do for many threads at once what each asks for, as a database writes for them: in one transaction."""

from __future__ import annotations

import threading
import time
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

    def ask(self, item: _Item, *, patience_seconds: float = 0.0) -> _Got:
        """Return what has come of an item, or raise what has.

        Args:
            patience_seconds: How long others may take to come before a turn begins.

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
            if patience_seconds:
                time.sleep(patience_seconds)
            self._take_turn()
        return mine.answer.result()

    def _take_turn(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
        self._settle(batch)
        with self._lock:
            next_in_line = self._waiting[:1]
            self._turn_is_taken = bool(next_in_line)
        for asked in (*next_in_line, *batch):
            asked.called.set()

    def _settle(self, batch: Sequence[_Asked[_Item, _Got]]) -> None:
        try:
            got = self._serve([asked.item for asked in batch])
        except BaseException as error:
            if len(batch) > 1 and isinstance(error, Exception) and not isinstance(error, Unavailable):
                # One of them is to blame, which is nothing to the others.
                for asked in batch:
                    self._settle([asked])
                return
            for asked in batch:
                asked.answer.set_exception(error)
        else:
            for asked, answer in zip(batch, got, strict=True):
                asked.answer.set_result(answer)
