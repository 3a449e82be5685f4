"""The time an execution lives in: what its clock says, and which event comes next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from ratchet.engine.timers import Timers

Answer: TypeAlias = tuple[int, str]
TakeAnswer: TypeAlias = Callable[[float | None, int | None], Answer | None]
"""Waits so many seconds, None for as long as it takes, for any answer or that of one question."""

_MOST_RUNS = 100_000
_MOST_EVENTS = 100_000
_READINGS_A_TICK = 100


class Timeline(Protocol):
    """Where time comes from.

    Attributes:
        clocked: Whether `Date` and `performance` read `now`; in plain time they keep the engine's own clock.
    """

    clocked: bool

    def now(self) -> int:
        """Return the time of day, as the task reads it, in milliseconds since 1970."""

    def elapsed(self) -> float:
        """Return the time that timers go by, in milliseconds from some moment on."""

    def next(self, timers: Timers, asked: Iterable[int], take: TakeAnswer) -> Answer | int | None:
        """Return the answer or the timer that comes next, None when a wait ended with neither."""

    def trace(self) -> Mapping[str, Any] | None:
        """Return what a replay needs, None where nothing is recorded."""


def open_timeline(facts: Mapping[str, Any] | None) -> Timeline:
    """Return the timeline that a request asks for.

    Args:
        facts: `record`: true; or `clock` and `events` of a recording; or `start`, in milliseconds, and `paced`, true
            where timers take their time; None for plain time.
    """
    if facts is None:
        return PlainTime()
    if facts.get("record"):
        return RecordedTime()
    if "events" in facts:
        return ReplayedTime(facts["clock"], facts["events"])
    return OwnTime(facts["start"], paced=bool(facts.get("paced")))


class PlainTime:
    """Time as it passes."""

    clocked = False

    def now(self) -> int:
        """Return the system's time."""
        return time.time_ns() // 1_000_000

    def elapsed(self) -> float:
        """Return a time that nobody sets back."""
        return time.monotonic() * 1000

    def next(self, timers: Timers, asked: Iterable[int], take: TakeAnswer) -> Answer | int | None:
        """Wait for an answer until the first timer is due."""
        return take(timers.seconds_to_next(), None) or timers.take_due()

    def trace(self) -> Mapping[str, Any] | None:
        """Return nothing."""
        return None


class RecordedTime(PlainTime):
    """Time as it passes, written down: readings of the clock as runs of equal ones, events in their order."""

    clocked = True

    def __init__(self) -> None:
        self._runs: list[list[int]] = []
        self._events: list[str] = []

    def now(self) -> int:
        """Return the system's time and note it; past so many runs the clock stands still, as it will in a replay."""
        reading = super().now()
        if self._runs and (reading <= self._runs[-1][0] or len(self._runs) >= _MOST_RUNS):
            self._runs[-1][1] += 1
        else:
            self._runs.append([reading, 1])
        return self._runs[-1][0]

    def next(self, timers: Timers, asked: Iterable[int], take: TakeAnswer) -> Answer | int | None:
        """Wait as in plain time and note what came."""
        event = super().next(timers, asked, take)
        if event is not None and len(self._events) < _MOST_EVENTS:
            self._events.append(f"t{event}" if isinstance(event, int) else f"a{event[0]}")
        return event

    def trace(self) -> Mapping[str, Any] | None:
        """Return the runs and the events."""
        return {"clock": self._runs, "events": self._events}


class OwnTime:
    """Time that moves only when the execution waits: answers first, in the order of the questions, then timers.

    So that a busy wait ends too, the clock moves on by a millisecond after so many readings.

    Args:
        paced: Whether the wait for a timer is a real one, though the clock does not show what else takes time.
    """

    clocked = True

    def __init__(self, start: int, *, paced: bool = False) -> None:
        self._now = float(start)
        self._paced = paced
        self._readings = 0

    def now(self) -> int:
        """Return the time, the same as before but for every hundredth reading."""
        self._readings += 1
        if self._readings % _READINGS_A_TICK == 0:
            self._now += 1
        return int(self._now)

    def elapsed(self) -> float:
        """Return the same time."""
        return self._now

    def next(self, timers: Timers, asked: Iterable[int], take: TakeAnswer) -> Answer | int | None:
        """Wait for the oldest question, else jump to the first timer."""
        first = min(asked, default=None)
        if first is not None:
            return take(None, first)
        due = timers.next_due() or 0.0
        if self._paced and due > self._now:
            take((due - self._now) / 1000, None)
        self._now = max(self._now, due)
        return timers.take_due()

    def trace(self) -> Mapping[str, Any] | None:
        """Return nothing."""
        return None


class ReplayedTime(OwnTime):
    """Time as a recording has it; where an execution leaves its path, time is its own from there."""

    def __init__(self, runs: Sequence[Sequence[int]], events: Sequence[str]) -> None:
        super().__init__(runs[0][0] if runs else 0)
        self._runs = [list(run) for run in reversed(runs)]
        self._events = list(reversed(events))

    def now(self) -> int:
        """Return the reading of the recording."""
        while self._runs and self._runs[-1][1] <= 0:
            self._runs.pop()
        if not self._runs:
            return super().now()
        self._runs[-1][1] -= 1
        self._now = max(self._now, float(self._runs[-1][0]))
        return self._runs[-1][0]

    def next(self, timers: Timers, asked: Iterable[int], take: TakeAnswer) -> Answer | int | None:
        """Return the event that came next in the recording, if it can come."""
        if self._events:
            event = self._events.pop()
            number = int(event[1:])
            if event[0] == "a" and number in set(asked):
                return take(None, number)
            if event[0] == "t" and timers.take(number):
                return number
            self._events.clear()
            self._runs.clear()
        return super().next(timers, asked, take)
