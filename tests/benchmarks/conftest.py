"""Benchmarks: ratios against a reference that runs in turn with what is measured; `pytest -m benchmark`."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

_RESULTS = Path(__file__).with_name("results.json")
_PAIRS = 15


class Results:
    """Collects figures, prints each, and writes all of them at the end of the session."""

    def __init__(self) -> None:
        self._figures: dict[str, dict[str, float | str]] = {}

    def record(self, name: str, value: float, bar: float, unit: str, *, above: bool = False) -> None:
        """Keep a figure and fail the benchmark when it misses its bar.

        Args:
            above: The figure has to be at least the bar, not at most.
        """
        self._figures[name] = {"value": round(value, 3), "bar": bar, "unit": unit}
        print(f"\n{name}: {value:.3g} {unit} (bar {'≥' if above else '≤'} {bar:g})")
        assert value >= bar if above else value <= bar, f"{name} misses its bar"

    def save(self) -> None:
        """Write the figures of this session."""
        if self._figures:
            _RESULTS.write_text(json.dumps(self._figures, indent=2) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def results() -> Iterator[Results]:
    """The figures of this session."""
    collected = Results()
    yield collected
    collected.save()


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds of wall time."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def compare(measured: Callable[[], object], reference: Callable[[], object], pairs: int = _PAIRS) -> float:
    """Return the median ratio of wall times, the two in turn after a warm-up."""
    measured()
    reference()
    return statistics.median(seconds_of(measured) / seconds_of(reference) for _ in range(pairs))


def command(*words: str) -> Callable[[], object]:
    """Return an action that runs a command and drops what it prints."""
    return lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=_project())


def pss_bytes(process: int) -> dict[str, int]:
    """Return a process's memory in bytes, by the names of `/proc/PID/smaps_rollup`."""
    fields: dict[str, int] = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, value = line.split()[:2]
        fields[name.rstrip(":")] = int(value) * 1024
    return fields


def children_of(process: int) -> Sequence[int]:
    """Return the ids of a process's children."""
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()]


def _project() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
