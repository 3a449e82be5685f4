"""Look at processes from outside, through `/proc`, and wait for one to be gone."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack, suppress
from pathlib import Path

PATIENCE_SECONDS = 60


def children_of(process: int) -> list[int]:
    """Return the children of a process, those of each of its threads; none when it has ended."""
    found = []
    # The process, or one of its threads, may end while it is looked at.
    with suppress(FileNotFoundError, ProcessLookupError):
        for listing in list(Path(f"/proc/{process}/task").glob("*/children")):
            with suppress(FileNotFoundError, ProcessLookupError):
                found += [int(child) for child in listing.read_text().split()]
    return found


def descendants_of(process: int, *, besides: Collection[int] = ()) -> list[int]:
    """Return everything a process has started that still has it above.

    Args:
        besides: Passed over with all that they have started: the pool that other tests share goes on meanwhile.
    """
    found = []
    waiting = children_of(process)
    while waiting:
        child = waiting.pop()
        if child not in besides:
            found.append(child)
            waiting += children_of(child)
    return found


def watch(process: int) -> int:
    """Return a descriptor that becomes readable when a process ends."""
    return os.pidfd_open(process)


def watch_descendants(process: int, *, besides: Collection[int] = ()) -> list[int]:
    """Return, for everything that a process has started, a descriptor that becomes readable when it ends."""
    watched = []
    for child in descendants_of(process, besides=besides):
        # It may have ended since it was listed.
        with suppress(ProcessLookupError):
            watched.append(watch(child))
    return watched


def assert_gone(descriptors: list[int], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until every watched process has ended, and close what watched it."""
    deadline = time.monotonic() + seconds
    with ExitStack() as stack:
        for descriptor in descriptors:
            stack.callback(os.close, descriptor)
        for descriptor in descriptors:
            ready, _, _ = select.select([descriptor], [], [], max(0, deadline - time.monotonic()))
            assert ready, "a process is still there"


def open_descriptors() -> int:
    """Return how many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))


def resident_bytes() -> int:
    """Return the memory of this process that is resident."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def wait_until(condition: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Look again and again until something holds."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it never came to hold"
        os.sched_yield()
