"""The MCP server: its first answer, what a call costs, both cores, and how soon what was cancelled is over. Linux."""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ratchet import Runtime, load_task, run
from ratchet.sandbox.pool import Pool
from tests.benchmarks.conftest import Results, command, compare, pss_bytes, seconds_of
from tests.mcp_server.cancelling import WAYS, Way
from tests.mcp_server.conftest import write_tasks
from tests.mcp_server.killing import start_client
from tests.mcp_server.raw_client import RawClient, start_server
from tests.sandbox.processes import assert_gone, watch

pytestmark = pytest.mark.benchmark

_INPUT = {"num1": 5, "num2": 10}
_CALL = {"task": "addition", "input": _INPUT}
_SAMPLES = str(Path("sample_tasks").absolute())
_BUSY = (
    "export default ({ rounds }) => { let x = 0; for (let i = 0; i < rounds; i += 1) x = (x + i) % 7; return x; };\n"
)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[RawClient]:
    with start_server(tmp_path, "--tasks", _SAMPLES, "--expose", "core") as client:
        client.initialize()
        yield client


def test_first_answer_against_importing_the_library(tmp_path: Path, results: Results) -> None:
    def answer_first() -> None:
        with start_server(tmp_path) as client:
            client.initialize()
            client.process.kill()

    ratio = compare(answer_first, command(sys.executable, "-c", "import mcp.server.lowlevel"))
    results.record("first answer on stdio / importing the library", ratio, 1.2, "times")


def test_a_thousand_calls_in_a_row(client: RawClient, results: Results) -> None:
    task = load_task("sample_tasks/addition")
    with Runtime(pool=Pool("zygote")) as runtime:
        run(runtime, task, _INPUT)
        for _ in range(1000):
            client.call("execute_task", _CALL)
        above = []
        for _ in range(1000):
            core = seconds_of(lambda: run(runtime, task, _INPUT))
            above.append(seconds_of(lambda: client.call("execute_task", _CALL)) - core)
    # It takes a last step before: caches and the allocator come to their sizes.
    before = pss_bytes(client.process.pid)["Pss_Anon"]
    for _ in range(1000):
        client.call("execute_task", _CALL)
    growth = pss_bytes(client.process.pid)["Pss_Anon"] / before
    results.record("execute_task over stdio above the core", statistics.median(above) * 1000, 4, "ms")
    results.record("memory after 3,000 calls / after 2,000", growth, 1.03, "times")


def test_calls_in_flight_use_both_cores(tmp_path: Path, results: Results) -> None:
    root = write_tasks(tmp_path / "tasks") / "busy"
    root.mkdir()
    files = {"metadata.json": '{"version": "1.0.0"}', "main.js": _BUSY, "input.schema.json": "true"}
    for name, text in {**files, "output.schema.json": "true"}.items():
        (root / name).write_text(text)
    call = {"name": "execute_task", "arguments": {"task": "busy", "input": {"rounds": 1_500_000}}}
    with start_server(tmp_path, "--tasks", str(tmp_path / "tasks"), "--expose", "core") as client:
        client.initialize()

        def ask(count: int) -> None:
            for _ in range(count):
                client.send("tools/call", call)
            for _ in range(count):
                assert client.read()["result"]["structuredContent"]["status"] == "completed"

        def ask_in_turn() -> None:
            for _ in range(16):
                ask(1)

        ratio = compare(ask_in_turn, lambda: ask(16), pairs=3)
    results.record("16 calls one by one / 16 in flight", ratio, 1.5, "times", above=True)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_cancelled_loop_frees_its_worker(tmp_path: Path, way: Way, results: Results) -> None:
    tasks = write_tasks(tmp_path / "tasks")
    took = []
    for _ in range(5):
        with way(tasks) as endless:
            # A request that has just come has a second to be answered, though stdin has ended.
            worker = watch(endless.worker(busy_seconds=1))
            began = time.perf_counter()
            endless.cancel()
            assert_gone([worker])
            took.append(time.perf_counter() - began)
    results.record(f"cancelled by {way.__name__}, the worst of five", max(took) * 1000, 300, "ms")


def test_random_kills_of_the_client_leave_no_process(tmp_path: Path, results: Results) -> None:
    tasks = write_tasks(tmp_path / "tasks")
    chance = random.Random(7)
    took = []
    for _ in range(100):
        with start_client(tasks) as client:
            client.kill_after(chance.uniform(0, 3))
            took.append(seconds_of(client.assert_nothing_left))
    results.record("a client killed, until nothing is left, the worst of 100", max(took), 5, "s")
