"""How many workers stand ready follows the load."""

from __future__ import annotations

from ratchet import Limits
from ratchet.sandbox.standby import Standby
from ratchet.sandbox.workers import Confinement
from tests.sandbox.test_malformed_frames import FakeWorker

USUAL = Confinement.of(Limits())
SMALL = USUAL._replace(memory_bytes=1 << 24)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_count_grows_with_each_miss_up_to_the_most() -> None:
    standby = Standby(least=1, most=3, idle_seconds=10)
    counts = [standby.wanted]
    for _ in range(4):
        standby.grow()
        counts.append(standby.wanted)
    assert counts == [1, 2, 3, 3, 3]


def test_count_shrinks_by_what_nobody_took_for_the_idle_time() -> None:
    clock = Clock()
    standby = Standby(least=1, most=9, idle_seconds=10, clock=clock)
    workers = [FakeWorker(b"") for _ in range(4)]
    for worker in workers:
        standby.grow()
        standby.add(worker, USUAL)
    seen = []
    for seconds, takes in ((5, 0), (5, 0), (5, 1), (5, 0), (10, 0)):
        for _ in range(takes):
            assert standby.take(USUAL) is not None
        clock.seconds += seconds
        standby.shrink()
        seen.append((standby.wanted, standby.seconds_to_look()))
    # The first ten seconds begin with the last miss; in the next ten, three of four stood untouched.
    assert seen == [(5, 5.0), (5, 10.0), (5, 5.0), (2, 10.0), (1, None)]
    for worker in workers:
        worker.close()


def test_worker_is_lent_to_those_it_is_confined_for_only() -> None:
    standby = Standby(least=0, most=9, idle_seconds=10)
    usual, small, fresh = FakeWorker(b""), FakeWorker(b""), FakeWorker(b"")
    standby.add(usual, USUAL)
    standby.add(small, SMALL)
    standby.add(fresh, "dukpy")
    assert [standby.take(SMALL), standby.take(SMALL), standby.take(SMALL)] == [(small, True), (fresh, False), None]
    assert standby.pop_beyond(0) == [usual]
    for worker in (usual, small, fresh):
        worker.close()


def test_worker_is_lent_to_those_who_want_its_engine_only() -> None:
    standby = Standby(least=0, most=9, idle_seconds=10)
    confined, fresh = FakeWorker(b""), FakeWorker(b"")
    standby.add(confined, USUAL)
    standby.add(fresh, "dukpy")
    assert standby.take(Confinement.of(Limits(), "wasm")) is None
    standby.add(fresh, "wasm")
    assert standby.take(Confinement.of(Limits(), "wasm")) == (fresh, False)
    for worker in (confined, fresh):
        worker.close()


def test_those_that_waited_longest_go_first() -> None:
    standby = Standby(least=0, most=9, idle_seconds=10)
    workers = [FakeWorker(b"") for _ in range(3)]
    for worker in workers:
        standby.add(worker, USUAL)
    assert (standby.pop_beyond(1), len(standby), standby.pop_beyond(-1)) == (workers[:2], 1, workers[2:])
    for worker in workers:
        worker.close()
