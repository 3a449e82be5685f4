"""A request that is taken back frees its worker, whichever way it is done."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.mcp_server.cancelling import WAYS, Endless, Way, ask_endless, deleted_session, newer_http
from tests.mcp_server.http_client import Served, start_http
from tests.mcp_server.raw_client import PATIENCE_SECONDS
from tests.sandbox.processes import assert_gone, watch, watch_descendants

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks at processes")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_an_endless_loop_that_is_cancelled_frees_its_worker(tasks: Path, way: Way) -> None:
    with way(tasks) as endless:
        worker = watch(endless.worker())
        endless.cancel()
        assert_gone([worker])


@pytest.mark.parametrize("end", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize("way", [deleted_session, newer_http], ids=["older", "newer"])
def test_the_end_of_a_server_over_http_takes_the_workers_with_it(tasks: Path, way: Way, end: str) -> None:
    with way(tasks) as endless:
        endless.worker()
        processes = [watch(endless.server), *watch_descendants(endless.server)]
        os.kill(endless.server, getattr(signal, end))
        assert_gone(processes)


def complaints_of(served: Served) -> list[str]:
    """Return what a server that has ended has said while it served, but for what is odd about the tasks."""
    assert served.process.stderr is not None
    return [line for line in served.process.stderr if not line.startswith("WARNING: `tasks/")]


def test_what_is_in_flight_at_the_end_is_told_so_and_the_exit_is_clean(tasks: Path) -> None:
    with start_http(tasks.parent, "--tasks", str(tasks)) as served, closing(served.connect()) as connection:
        ask_endless(connection, served)
        Endless(served.process.pid, connection.close).worker()
        served.process.terminate()
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["error"]["message"]) == (503, "The server has ended")
        assert served.process.wait(PATIENCE_SECONDS) == 0
        assert complaints_of(served) == []


def test_streams_that_are_open_do_not_keep_the_server(tasks: Path) -> None:
    with start_http(tasks.parent, "--tasks", str(tasks)) as served, closing(served.connect()) as stream:
        stream.request("GET", "/mcp", headers={**served.open_session(), "Accept": "text/event-stream"})
        assert stream.getresponse().status == 200
        served.process.terminate()
        assert served.process.wait(PATIENCE_SECONDS) == 0
        assert complaints_of(served) == []
