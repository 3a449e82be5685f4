"""Many cases of one task, with mocks."""

from __future__ import annotations

import json

import pytest

from ratchet import Runtime, Task
from ratchet.cases.load import load_suite
from ratchet.cases.run import Manner, Planned, run_cases
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.processors import default_workers
from tests.benchmarks.conftest import Results, seconds_of
from tests.conftest import MakeTask

pytestmark = pytest.mark.benchmark
_CASES = 500
_SOURCE = """
export default async ({ n }) => {
  const [first, second] = await Promise.all([1, 2].map((side) => fetch(`https://api.example/${side}?n=${n}`)));
  return { sum: (await first.json()).value + (await second.json()).value };
};
"""


def _case(n: int) -> str:
    mocks = [{"url": f"https://api.example/{side}?n={n}", "response": {"value": n * side}} for side in (1, 2)]
    return json.dumps({"input": {"n": n}, "mock": {"http": mocks}, "expected_output": {"sum": n * 3}})


def test_five_hundred_mocked_cases(make_task: MakeTask, results: Results) -> None:
    task: Task = make_task({"main.js": _SOURCE, **{f"tests/{n:03}.json": _case(n) for n in range(_CASES)}})
    suite = load_suite(task)
    assert len(suite.cases) == _CASES
    with Runtime() as runtime:
        planned = [Planned(task, case) for case in suite.cases]

        def run_them() -> None:
            done = list(run_cases(runtime, planned, Manner(jobs=default_workers()), Cancellation()))
            assert [result.status for result in done] == ["passed"] * _CASES

        results.record(f"{_CASES} mocked cases", seconds_of(run_them), 10, "s")
