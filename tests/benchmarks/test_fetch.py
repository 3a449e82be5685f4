"""What a fetch costs beside the same request made by hand, and how many go at a time."""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from ratchet import Limits, Runtime, Task, load_task, run
from ratchet.gateway.gateway import Gateway
from ratchet.gateway.policy import Policy
from tests.benchmarks.conftest import Results, seconds_of
from tests.gateway.http_server import HttpServer

pytestmark = pytest.mark.benchmark

_COUNT = 50
MakeTask = Callable[[str], Task]


@pytest.fixture
def server() -> Iterator[HttpServer]:
    """Return a server on this machine that keeps connections open."""
    with HttpServer() as running:
        yield running


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    """Return a runtime that may reach this machine."""
    with Runtime(gateway=Gateway(policy=Policy(private_networks=("127.0.0.1",)))) as runtime:
        yield runtime


@pytest.fixture
def make_task(tmp_path: Path) -> MakeTask:
    """Return a function that makes a task of a source."""

    def make(source: str) -> Task:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / "metadata.json").write_text('{"label": "Fetches"}')
        (folder / "main.js").write_text(source)
        return load_task(folder)

    return make


def test_a_fetch_against_a_bare_request(
    runtime: Runtime, server: HttpServer, make_task: MakeTask, results: Results
) -> None:
    url = server.url("/bytes/100")
    fetching = make_task(
        f"async (url) => {{ for (let i = 0; i < {_COUNT}; i++) await (await fetch(url)).text(); return 1 }}"
    )
    idle = make_task("async (url) => 1")
    overheads = []
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(15):
            bare = statistics.median(seconds_of(lambda: session.get(url).content) for _ in range(_COUNT))
            spent = seconds_of(lambda: run(runtime, fetching, url)) - seconds_of(lambda: run(runtime, idle, url))
            overheads.append(spent / _COUNT - bare)
    results.record("fetch beside a bare request", statistics.median(overheads) * 1000, 1.5, "ms")


def test_twenty_fetches_side_by_side(
    runtime: Runtime, server: HttpServer, make_task: MakeTask, results: Results
) -> None:
    task = make_task(
        "async (url) => { const start = performance.now();"
        " await Promise.all(Array.from({ length: 20 }, () => fetch(url))); return performance.now() - start }"
    )
    spent = [float(run(runtime, task, server.url("/slow?ms=100")).output) for _ in range(9)]
    bar = 100 * math.ceil(20 / Limits().fetches_in_flight) + 50
    results.record("20 fetches of 100 ms", statistics.median(spent), bar, "ms")


def test_time_past_the_limit_of_a_dripping_answer(
    runtime: Runtime, server: HttpServer, make_task: MakeTask, results: Results
) -> None:
    task = make_task(
        "async (url) => fetch(url, { signal: AbortSignal.timeout(300) })"
        ".then((answer) => answer.text()).catch((error) => error.name)"
    )
    urls = [server.url(path) for path in ("/drip-status", "/drip-headers", "/drip-body", "/drip-chunks")]
    late = [seconds_of(functools.partial(run, runtime, task, url)) - 0.3 for url in urls]
    results.record("a request past its time", max(late), 0.5, "s")
