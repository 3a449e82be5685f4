"""The pool keeps workers ready as the load asks for, and never more processes than it may."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ratchet import Limits, Runtime, Task, run
from ratchet.execution.listener import Silent
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import Pool
from ratchet.sandbox.processors import count_processors, default_workers
from tests.conftest import MakeTask
from tests.sandbox.processes import assert_gone, children_of, descendants_of, wait_until, watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and only Linux has a zygote")

ROOT = Path(__file__).parents[2]
ECHO = "(input) => input"
TAKES_ALL_MEMORY = "() => { const a = []; for (;;) a.push(new Array(1000).fill(1)) }"
TAKES_SOME_MEMORY = "() => { const a = []; for (let i = 0; i < 2500; i++) a.push(new Array(1000).fill(1)); return 1 }"
HOST = """
import sys
from ratchet import Runtime, load_task, run
with Runtime() as runtime:
    task = load_task(sys.argv[1])
    for number in range(3):
        run(runtime, task, number)
    print("ready", flush=True)
    sys.stdin.read()
"""


class Family:
    """The processes that a test has started; the pool that other tests share starts workers of its own meanwhile."""

    def __init__(self) -> None:
        self._before = set(children_of(os.getpid()))

    def workers(self) -> list[int]:
        """Return the workers there are now, those included that have ended and are yet to be waited for."""
        # What a zygote has forked looks like one.
        zygotes = {child for child in children_of(os.getpid()) if _is_zygote(child)}
        return sorted(set(descendants_of(os.getpid(), besides=self._before)) - zygotes)


def _is_zygote(process: int) -> bool:
    try:
        return b"\0zygote\0" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False  # It has ended.


class Once(Silent):
    """Counts the workers while a task runs."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self.counts: list[int] = []

    def console(self, line: object) -> None:
        """Count them now."""
        self.counts.append(len(self._family.workers()))


@pytest.fixture
def family() -> Family:
    """Return what finds the workers of this test."""
    return Family()


@pytest.fixture(params=["zygote", "spawn"])
def runtime(request: pytest.FixtureRequest, family: Family) -> Iterator[Runtime]:
    """Return a runtime that gives up idle workers soon; afterwards, none may be left."""
    with Runtime(pool=Pool(request.param, maximum=3, idle_seconds=0.05)) as runtime:
        yield runtime
    assert family.workers() == []


@pytest.fixture
def patient(request: pytest.FixtureRequest, family: Family) -> Iterator[Runtime]:
    """Return a runtime that gives up no worker while a test lasts."""
    with Runtime(pool=Pool(maximum=3, idle_seconds=600)) as runtime:
        yield runtime
    assert family.workers() == []


def test_first_execution_leaves_no_worker_and_the_second_does(
    patient: Runtime, family: Family, make_task: MakeTask
) -> None:
    task = make_task(ECHO)
    assert run(patient, task, 1).output == 1
    wait_until(lambda: family.workers() == [])
    assert run(patient, task, 2).output == 2
    wait_until(lambda: patient.pool.ready == 1 and len(family.workers()) == 1)


def ready_worker(runtime: Runtime, family: Family, task: Task) -> int:
    """Run a task twice, and return the worker that is ready afterwards, once the one that has run it is gone."""
    for number in range(2):
        run(runtime, task, number)
    wait_until(lambda: runtime.pool.ready == 1 and len(family.workers()) == 1)
    (ready,) = family.workers()
    return ready


def test_ready_worker_is_the_next_to_work(patient: Runtime, family: Family, make_task: MakeTask) -> None:
    task = make_task(ECHO)
    ready = ready_worker(patient, family, task)
    ended = watch(ready)
    assert run(patient, task, 3).output == 3
    assert_gone([ended])


def test_idle_workers_are_given_up(runtime: Runtime, family: Family, make_task: MakeTask) -> None:
    task = make_task("(input) => { console.log(input); return input }")
    listener = Once(family)
    with ThreadPoolExecutor(6) as threads:
        executions = list(threads.map(lambda number: run(runtime, task, number, listener=listener), range(12)))
    assert sorted(execution.output for execution in executions) == list(range(12))
    wait_until(lambda: family.workers() == [])


def test_least_number_of_workers_stays(family: Family, make_task: MakeTask) -> None:
    with Runtime(pool=Pool("spawn", minimum=1, maximum=3, idle_seconds=0.05)) as runtime:
        task = make_task(ECHO)
        with ThreadPoolExecutor(3) as threads:
            assert len(list(threads.map(lambda number: run(runtime, task, number), range(6)))) == 6
        wait_until(lambda: len(family.workers()) == 1)
    assert family.workers() == []


def test_a_crowd_never_has_more_workers_than_there_may_be(family: Family, make_task: MakeTask) -> None:
    task = make_task("(input) => { console.log(input); return input }")
    listener = Once(family)
    # A spawned worker is gone when it is given back; the zygote would take a moment to reap one.
    with Runtime(pool=Pool("spawn", maximum=3)) as runtime, ThreadPoolExecutor(8) as threads:
        outputs = threads.map(lambda number: run(runtime, task, number, listener=listener).output, range(16))
        assert sorted(outputs) == list(range(16))
        for number in range(4):
            run(runtime, task, number, listener=listener)
    assert (len(listener.counts), max(listener.counts)) == (20, 3)


def test_who_comes_first_is_served_first() -> None:
    pool = Pool("spawn", maximum=1)
    served: list[int] = []

    def borrow(number: int) -> None:
        with pool.lend(Cancellation(), Limits()):
            served.append(number)

    threads = [threading.Thread(target=borrow, args=(number,)) for number in range(6)]
    with pool.lend(Cancellation(), Limits()) as worker:
        for position, thread in enumerate(threads):
            thread.start()
            wait_until(lambda position=position: pool.waiting == position + 1)  # type: ignore[misc]
        worker.close()
    for thread in threads:
        thread.join()
    pool.close()
    assert served == list(range(6))


def test_ready_worker_that_somebody_killed_is_not_lent(patient: Runtime, family: Family, make_task: MakeTask) -> None:
    task = make_task(ECHO)
    ready = ready_worker(patient, family, task)
    ended = watch(ready)
    os.kill(ready, signal.SIGKILL)
    assert_gone([ended])
    wait_until(lambda: ready not in family.workers())
    assert run(patient, task, 3).output == 3


def test_ready_worker_of_a_killed_zygote_is_not_lent(patient: Runtime, family: Family, make_task: MakeTask) -> None:
    task = make_task(ECHO)
    ready = ready_worker(patient, family, task)
    (zygote,) = [child for child in children_of(os.getpid()) if ready in children_of(child)]
    os.kill(zygote, signal.SIGKILL)
    os.waitid(os.P_PID, zygote, os.WEXITED | os.WNOWAIT)
    assert run(patient, task, 3).output == 3


def test_limits_of_ready_workers_are_those_of_who_gets_them(
    patient: Runtime, family: Family, make_task: MakeTask
) -> None:
    small = Limits(memory_bytes=16 << 20)
    greedy, modest = make_task(TAKES_ALL_MEMORY, name="greedy"), make_task(TAKES_SOME_MEMORY, name="modest")
    for _ in range(4):
        # Whichever was ready for the other kind would let the greedy have too much, or the modest too little.
        execution = run(patient, greedy, None, limits=small)
        assert execution.error is not None
        assert execution.error.code == "memory_limit"
        assert execution.used["memory_peak_bytes"] < 64 << 20
        assert run(patient, modest, None).output == 1


def test_workers_for_other_limits_make_room(family: Family, make_task: MakeTask) -> None:
    with Runtime(pool=Pool(maximum=2, idle_seconds=600)) as runtime:
        task = make_task(ECHO)
        stale = watch(ready_worker(runtime, family, task))
        assert run(runtime, task, 3, limits=Limits(cpu_seconds=5)).output == 3
        assert_gone([stale])


def test_no_ready_worker_outlives_its_host(make_task: MakeTask) -> None:
    command = [sys.executable, "-c", HOST, make_task(ECHO).location]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == "ready\n"
        wait_until(lambda: len(descendants_of(host.pid)) == 2)
        watched = [watch(process) for process in descendants_of(host.pid)]
        host.kill()
        assert_gone(watched)


def test_pool_of_one_that_runs_one_keeps_no_thread(make_task: MakeTask) -> None:
    before = set(threading.enumerate())
    with Runtime(pool=Pool("spawn", maximum=1)) as runtime:
        for number in range(3):
            run(runtime, make_task(ECHO), number)
        # Those of others may end meanwhile.
        assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    ("content", "most"), [("50000 100000\n", 1), ("150000 100000\n", 2), ("max 100000\n", None), ("odd", None)]
)
def test_processors_are_those_of_the_container(tmp_path: Path, content: str, most: int | None) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(content)
    affinity = len(os.sched_getaffinity(0))
    assert count_processors(str(quota)) == (affinity if most is None else min(most, affinity))
    assert count_processors(str(tmp_path / "missing")) == affinity
    assert 4 <= default_workers() <= 64
