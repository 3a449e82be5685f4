"""One warm execution, many of them, and what they cost in memory. Linux."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ratchet import Limits, Runtime, Task, load_task, run
from ratchet.sandbox import frames
from ratchet.sandbox.forked import ZygoteSource
from ratchet.sandbox.pool import Pool
from ratchet.sandbox.processors import default_workers
from ratchet.sandbox.workers import Confinement, confine_worker
from tests.benchmarks.conftest import Results, children_of, compare, pss_bytes, seconds_of
from tests.sandbox.processes import descendants_of

pytestmark = pytest.mark.benchmark

_INPUT = {"num1": 5, "num2": 10}


@pytest.fixture(scope="module")
def addition() -> Task:
    return load_task("sample_tasks/addition")


@pytest.fixture
def runtime(addition: Task) -> Iterator[Runtime]:
    with Runtime(pool=Pool("zygote", maximum=2)) as runtime:
        run(runtime, addition, _INPUT)
        yield runtime


def test_warm_execution_against_a_bare_fork(runtime: Runtime, addition: Task, results: Results) -> None:
    source = ZygoteSource("dukpy")

    def fork_and_wait() -> None:
        worker = source.start()
        worker.ending()
        worker.close()

    try:
        ratio = compare(lambda: run(runtime, addition, _INPUT), fork_and_wait, pairs=200)
        median = statistics.median(seconds_of(lambda: run(runtime, addition, _INPUT)) for _ in range(200))
    finally:
        source.close()
    results.record("warm execution", median * 1000, 6, "ms")
    results.record("warm execution / bare fork-and-wait", ratio, 7, "times")


@pytest.mark.parametrize(("callers", "bar"), [(1, 150), (2, 200)])
def test_throughput(runtime: Runtime, addition: Task, results: Results, callers: int, bar: int) -> None:
    total = 600

    started = time.perf_counter()
    with ThreadPoolExecutor(callers) as threads:
        statuses = {
            execution.status for execution in threads.map(lambda _: run(runtime, addition, _INPUT), range(total))
        }
    rate = total / (time.perf_counter() - started)
    assert statuses == {"completed"}
    results.record(f"throughput with {callers} worker{'s' if callers > 1 else ''}", rate, bar, "/s", above=True)


def test_thousand_executions_do_not_grow_the_host(runtime: Runtime, addition: Task, results: Results) -> None:
    for _ in range(100):
        run(runtime, addition, _INPUT)
    before = pss_bytes(os.getpid())["Rss"]
    for _ in range(1000):
        run(runtime, addition, _INPUT)
    results.record("growth over 1,000 executions", (pss_bytes(os.getpid())["Rss"] - before) / 2**20, 1, "MB")


def test_memory_of_zygote_and_worker(results: Results) -> None:
    known = set(children_of(os.getpid()))
    source = ZygoteSource("dukpy")
    try:
        worker = source.start()
        (zygote,) = set(children_of(os.getpid())) - known
        # Confined and waiting for its request. Reading this of an undumpable process takes root.
        deadline = time.monotonic() + 10
        confine_worker(worker, Confinement.of(Limits()))
        worker.channel.receive(frames.READY, 1 << 16, deadline)
        (child,) = children_of(zygote)
        figures = pss_bytes(child)
        private = figures["Private_Dirty"] + figures["Private_Clean"]
        results.record("zygote", pss_bytes(zygote)["Rss"] / 2**20, 40, "MB")
        worker.close()
    finally:
        source.close()
    results.record("private memory of a worker before its task", private / 2**20, 4, "MB")


def test_memory_of_a_host_that_runs_one_task(results: Results) -> None:
    script = (
        "from ratchet import Runtime, load_task, run\n"
        "with Runtime() as runtime: run(runtime, load_task('sample_tasks/addition'), {'num1': 1, 'num2': 2})\n"
        # Not `getrusage`, which counts what this process had when it started the other.
        "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    printed = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    results.record("host while running one task", int(printed) / 1024, 60, "MB")


@pytest.mark.parametrize("callers", [1, 4, 16, 64])
def test_crowds_of_callers(addition: Task, results: Results, callers: int) -> None:
    calls = max(400, callers * 12)
    durations: list[float] = []

    def call(_: int) -> None:
        durations.append(seconds_of(lambda: run(crowded, addition, _INPUT)))

    with Runtime(pool=Pool()) as crowded, ThreadPoolExecutor(callers) as threads:
        list(threads.map(call, range(40)))
        durations.clear()
        with _MemoryPeak() as peak:
            seconds = seconds_of(lambda: list(threads.map(call, range(calls))))
    name = f"{callers} caller{'s' if callers > 1 else ''}"
    results.record(f"{name}, throughput", calls / seconds, 150, "/s", above=True)
    results.record(f"{name}, p50", statistics.median(durations) * 1000, 6 * callers, "ms")
    results.record(f"{name}, p99", statistics.quantiles(durations, n=100)[98] * 1000, 20 + 15 * callers, "ms")
    results.record(f"{name}, memory of zygote and workers", peak.bytes / 2**20, 40 + 8 * default_workers(), "MB")


class _MemoryPeak:
    """The most memory that all children of this process together hold, looked at all the time."""

    def __init__(self) -> None:
        self.bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> _MemoryPeak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.bytes = max(self.bytes, sum(_held(process) for process in descendants_of(os.getpid())))


def _held(process: int) -> int:
    try:
        return pss_bytes(process)["Pss"]
    except (OSError, KeyError):
        return 0  # It ended meanwhile.
