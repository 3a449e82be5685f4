"""What the confinement of a worker costs an execution. Linux."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from ratchet import Runtime, load_task, run
from ratchet.sandbox import launch
from ratchet.sandbox.pool import Pool
from tests.benchmarks.conftest import Results, seconds_of

pytestmark = pytest.mark.benchmark

_PAIRS = 400
_INPUT = {"num1": 5, "num2": 10}
# The same workers, but for the one step.
_UNCONFINED = """import sys
mode, engine, *sys.path[len(sys.path):] = sys.argv[1:]
from ratchet.sandbox import boot, confine
from ratchet.sandbox.isolation import Isolation
confine.confine = lambda **_figures: Isolation()
boot.main(mode, engine)"""


@contextmanager
def _runtime() -> Iterator[Runtime]:
    with Runtime(pool=Pool("zygote", maximum=1)) as runtime:
        # The zygote starts with the first execution.
        first = run(runtime, load_task("sample_tasks/addition"), _INPUT)
        assert first.status == "completed"
        yield runtime


@pytest.fixture
def confined() -> Iterator[Runtime]:
    with _runtime() as runtime:
        yield runtime


@pytest.fixture
def unconfined() -> Iterator[Runtime]:
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(launch, "_BOOT", _UNCONFINED)
            runtime = stack.enter_context(_runtime())
        yield runtime


def test_confinement_costs_at_most_a_millisecond(unconfined: Runtime, confined: Runtime, results: Results) -> None:
    task = load_task("sample_tasks/addition")
    times: dict[Runtime, list[float]] = {confined: [], unconfined: []}
    for _ in range(_PAIRS):
        for runtime, seconds in times.items():
            seconds.append(seconds_of(functools.partial(run, runtime, task, _INPUT)))
    # Of each the quick half's middle: what else runs on this machine makes only longer.
    quick = {runtime: statistics.quantiles(seconds, n=4)[0] for runtime, seconds in times.items()}
    results.record("confinement of an execution", (quick[confined] - quick[unconfined]) * 1000, 1, "ms")
