"""What the operator says about jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_NONE: Mapping[str, int] = {}


class JobSettings(NamedTuple):
    """How jobs are run; the defaults are those of the configuration.

    Args:
        slots: Jobs at a time in this process; None for as many as there are workers.
        max_retries: Of a job that says nothing about it.
        backoff_seconds, backoff_most_seconds: The longest wait before the first retry, and before any.
        poll_seconds: How often a node looks for jobs that others have taken in.
        keep_seconds: How long jobs are kept once they have ended; None for ever.
        drain_seconds: How long a node that is stopped waits for the jobs that it works on.
        beat_seconds: How often a node says that it lives.
        dead_seconds: How long after its last word a node is taken for dead.
        most_deaths: Nodes that may die of a job before it is given up.
        by_queue, by_task: Jobs at a time on all nodes together, by the name of a queue or a task.
    """

    slots: int | None = None
    max_retries: int = 3
    backoff_seconds: float = 2.0
    backoff_most_seconds: float = 600.0
    poll_seconds: float = 0.25
    keep_seconds: float | None = 7 * 86_400.0
    drain_seconds: float = 30.0
    beat_seconds: float = 2.0
    dead_seconds: float = 15.0
    most_deaths: int = 5
    by_queue: Mapping[str, int] = _NONE
    by_task: Mapping[str, int] = _NONE
