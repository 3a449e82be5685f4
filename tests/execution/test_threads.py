"""Short jobs share few threads, and no job waits long for those before it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ratchet.execution.threads import Threads

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05


@contextmanager
def threads_of(few: int, most: int, patience_seconds: float) -> Iterator[Threads]:
    """Lend threads, and wait for their jobs at the end."""
    threads = Threads(few, most, "test", patience_seconds)
    yield threads
    threads.close()


class Job:
    """One that says when it begins, in which thread, and goes on when it is told to."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self) -> None:
        self.thread = threading.current_thread()
        self.began.set()
        assert self.may_end.wait(PATIENCE_SECONDS)

    def ended_thread(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait for the end of its thread, and tell whether it has come."""
        assert self.thread is not None
        self.thread.join(seconds)
        return not self.thread.is_alive()


def one_ends(first: Job, second: Job) -> bool:
    """Wait for the end of one of two threads."""
    looks = int(PATIENCE_SECONDS / LOOK_SECONDS)
    return any(first.ended_thread(LOOK_SECONDS) or second.ended_thread(0) for _ in range(looks))


def test_short_jobs_are_done_in_order_by_few_threads() -> None:
    done: list[int] = []
    seen: set[threading.Thread] = set()

    def do(number: int) -> None:
        done.append(number)
        seen.add(threading.current_thread())

    with threads_of(1, 50, PATIENCE_SECONDS) as threads:
        for number in range(200):
            threads.add(functools.partial(do, number))
    assert done == list(range(200))
    assert len(seen) == 1


def test_a_job_that_has_waited_gets_a_thread_that_ends_with_it() -> None:
    long, next_long, short = Job(), Job(), Job()
    short.may_end.set()
    with threads_of(1, 50, 0.01) as threads:
        for job in (long, next_long, short):
            threads.add(job)
            assert job.began.wait(PATIENCE_SECONDS)
        assert short.ended_thread()
        next_long.may_end.set()
        assert next_long.ended_thread()
        long.may_end.set()
    assert long.ended_thread()


def test_no_job_is_overlooked_that_comes_right_behind_a_long_one() -> None:
    with threads_of(1, 50, 0.01) as threads:
        for _ in range(20):
            long, short = Job(), Job()
            short.may_end.set()
            threads.add(long)
            threads.add(short)
            assert short.began.wait(PATIENCE_SECONDS)
            # One is idle again and the other gone when the next two come.
            long.may_end.set()
            assert long.began.wait(PATIENCE_SECONDS)
            assert one_ends(short, long)


def test_there_are_never_more_than_the_most() -> None:
    first, second, third = Job(), Job(), Job()
    with threads_of(1, 2, 0.01) as threads:
        for job in (first, second, third):
            threads.add(job)
        assert second.began.wait(PATIENCE_SECONDS)
        # So long that it would have been given a thread some ten times.
        assert not third.began.wait(0.1)
        second.may_end.set()
        assert third.began.wait(PATIENCE_SECONDS)
        first.may_end.set()
        third.may_end.set()


def test_the_end_comes_when_every_job_is_done() -> None:
    first, waiting = Job(), Job()
    waiting.may_end.set()
    with threads_of(1, 1, PATIENCE_SECONDS) as threads:
        threads.add(first)
        threads.add(waiting)
        assert first.began.wait(PATIENCE_SECONDS)
        first.may_end.set()
    assert waiting.began.is_set()
