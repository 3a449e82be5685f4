"""The engine in WebAssembly against the default: a warm execution, computing, the start, memory. Linux."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from ratchet import Limits, Runtime, Task, load_task, run
from ratchet.engine import ENGINES
from ratchet.sandbox import frames, launch
from ratchet.sandbox.forked import ZygoteSource
from ratchet.sandbox.pool import Pool
from ratchet.sandbox.spawned import SpawnedWorker
from ratchet.sandbox.workers import Confinement, Worker, confine_worker
from tests.benchmarks.conftest import Results, children_of, compare, pss_bytes, seconds_of
from tests.conftest import MakeTask

pytestmark = pytest.mark.benchmark

_INPUT = {"num1": 5, "num2": 10}
_COMPUTING = {
    "a loop of arithmetic": "() => { let s = 0; for (let i = 0; i < 3e6; i++) s += i % 7; return s }",
    "objects, a sort and JSON": (
        "() => { const a = []; for (let i = 0; i < 1e5; i++) a.push({ x: i, y: `${i}` });"
        " a.sort((p, q) => q.x - p.x); return JSON.stringify(a).length }"
    ),
}


class Pair(NamedTuple):
    """A runtime with each engine."""

    dukpy: Runtime
    wasm: Runtime


@pytest.fixture(scope="module")
def addition() -> Task:
    return load_task("sample_tasks/addition")


@pytest.fixture(scope="module")
def pair(addition: Task) -> Iterator[Pair]:
    with Runtime(pool=Pool(engine="dukpy")) as dukpy, Runtime(pool=Pool(engine="wasm")) as wasm:
        for runtime in (dukpy, wasm):
            run(runtime, addition, _INPUT)
        yield Pair(dukpy, wasm)


def test_warm_execution(pair: Pair, addition: Task, results: Results) -> None:
    ratio = compare(lambda: run(pair.wasm, addition, _INPUT), lambda: run(pair.dukpy, addition, _INPUT), pairs=200)
    results.record("warm execution: wasm / dukpy", ratio, 8, "times")


@pytest.mark.parametrize("name", _COMPUTING)
def test_computing(pair: Pair, make_task: MakeTask, results: Results, name: str) -> None:
    task = make_task(_COMPUTING[name])
    ratio = compare(lambda: run(pair.wasm, task, None), lambda: run(pair.dukpy, task, None), pairs=7)
    results.record(f"{name}: wasm / dukpy", ratio, 8, "times")


@pytest.mark.parametrize(("engine", "bar"), [("dukpy", 0.5), ("wasm", 3)])
def test_start_of_a_worker(results: Results, engine: str, bar: float) -> None:
    def start_and_greet() -> None:
        worker = SpawnedWorker(launch.start_worker(engine))
        _greet(worker)
        worker.close()

    seconds = min(seconds_of(start_and_greet) for _ in range(5))
    results.record(f"start of a worker on {engine}", seconds, bar, "s")


@pytest.mark.parametrize(("engine", "zygote_bar", "worker_bar"), [("dukpy", 40, 4), ("wasm", 90, 8)])
def test_memory(results: Results, engine: str, zygote_bar: float, worker_bar: float) -> None:
    assert engine in ENGINES
    known = set(children_of(os.getpid()))
    source = ZygoteSource(engine)
    try:
        worker = source.start()
        _greet(worker)
        (zygote,) = set(children_of(os.getpid())) - known
        (child,) = children_of(zygote)
        figures = pss_bytes(child)
        results.record(f"zygote on {engine}", pss_bytes(zygote)["Rss"] / 2**20, zygote_bar, "MB")
        private = (figures["Private_Dirty"] + figures["Private_Clean"]) / 2**20
        results.record(f"private memory of a worker on {engine}", private, worker_bar, "MB")
        worker.close()
    finally:
        source.close()


def _greet(worker: Worker) -> None:
    confine_worker(worker, Confinement.of(Limits()))
    worker.channel.receive(frames.READY, 1 << 16, time.monotonic() + 20)
