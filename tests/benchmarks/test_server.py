"""What the HTTP server adds to the core: time of one execution, executions a second of many, and its rest."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ratchet import Runtime, load_task, run
from tests.benchmarks.conftest import Results
from tests.server.conftest import Served, start_server

pytestmark = pytest.mark.benchmark

_ROUNDS = 50
_CLIENTS = 16
_EACH = 25
_TURNS = 5
_IDLE_SECONDS = 20
_TICKS_A_SECOND = 100
NO_RATE = {"RATCHET_SERVER__RATE_LIMIT__REQUESTS_PER_MINUTE": "0"}
Call = Callable[[], object]


@pytest.fixture
def task_folder(tmp_path: Path) -> Path:
    """Return a folder with one trivial task."""
    root = tmp_path / "tasks" / "trivial"
    root.mkdir(parents=True)
    (root / "metadata.json").write_text('{"name": "trivial", "version": "1.0.0"}')
    (root / "main.js").write_text("export default () => 1;\n")
    (root / "input.schema.json").write_text("true")
    (root / "output.schema.json").write_text("true")
    return root


@contextmanager
def clients_of(served: Served, count: int) -> Iterator[list[Call]]:
    """Lend clients, each of which runs the task over one connection that is kept."""
    with ExitStack() as stack:
        yield [stack.enter_context(_client_of(served)) for _ in range(count)]


@contextmanager
def _client_of(served: Served) -> Iterator[Call]:
    parts = urlsplit(served.url)
    body = b'{"input": {}}'
    head = (
        "POST /api/v1/tasks/trivial/execute HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Authorization: Bearer {served.key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    request = "\r\n".join((*head, "", "")).encode() + body

    def ask() -> None:
        # By hand: `http.client` costs a tenth of what HTTP adds, on the same processors.
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"}\n"):
            answer += connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b'"output": 1,' in answer

    with socket.create_connection((parts.hostname, parts.port)) as connection:
        yield ask


def median_ms(call: Call) -> float:
    """Return the median time of a call."""
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times[_ROUNDS // 10 :]) * 1000


def rate_of(calls: Sequence[Call]) -> float:
    """Return how many calls a second clients get side by side."""

    def work(call: Call) -> None:
        for _ in range(_EACH):
            call()

    with ThreadPoolExecutor(_CLIENTS) as threads:
        list(threads.map(work, calls))
        started = time.perf_counter()
        list(threads.map(work, calls))
    return _CLIENTS * _EACH / (time.perf_counter() - started)


def test_the_server_adds_little_to_the_core(task_folder: Path, tmp_path: Path, results: Results) -> None:
    task = load_task(task_folder)
    with (
        start_server(tmp_path, "--tasks", "tasks", environment=NO_RATE) as served,
        clients_of(served, _CLIENTS) as asks,
        Runtime() as runtime,
    ):
        runs = [lambda: run(runtime, task, {})] * _CLIENTS
        # In turns: what else the machine does meanwhile is the same for both.
        added = [median_ms(asks[0]) - median_ms(runs[0]) for _ in range(_TURNS)]
        shares = [rate_of(asks) / rate_of(runs) for _ in range(_TURNS)]
    results.record("execution over HTTP, above the core", statistics.median(added), 10, "ms")
    results.record("executions over HTTP of 16 clients", statistics.median(shares), 0.75, "of the core", above=True)


def test_an_idle_server_rests(task_folder: Path, tmp_path: Path, results: Results) -> None:
    with start_server(tmp_path, "--tasks", "tasks", environment=NO_RATE) as served:
        with clients_of(served, 1) as (ask,):
            ask()
        status = Path(f"/proc/{served.process.pid}/status").read_text()
        megabytes = int(status.partition("VmRSS:")[2].split()[0]) / 1024
        before = ticks_of(served.process.pid)
        # Only looked at, for so long.
        threading.Event().wait(_IDLE_SECONDS)
        share = (ticks_of(served.process.pid) - before) / _TICKS_A_SECOND / _IDLE_SECONDS
    results.record("idle server, memory", megabytes, 160, "MB")
    results.record("idle server, processor", share, 0.08, "cores")


def ticks_of(pid: int) -> int:
    """Return the processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
