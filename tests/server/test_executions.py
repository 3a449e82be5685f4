"""Executions over REST: followed as they happen, ended, downloaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.server.conftest import Served, environment_of, events_of, run


def begin(server: Served, task: str) -> str:
    """Start an execution without waiting and return its address."""
    answer = run(server, task, {}, wait_seconds=0)
    assert answer.status_code == 202
    return answer.headers["location"]


def test_an_execution_goes_on_when_nobody_waits(server: Served) -> None:
    address = begin(server, "steps")
    assert server.get(address)["status"] in ("pending", "running")
    assert server.get(f"{address}?wait_seconds=30")["status"] == "completed"


def test_an_execution_is_followed_from_its_start_to_its_end(server: Served) -> None:
    address = begin(server, "steps")
    events = events_of(server.ask("GET", f"{address}/events", stream=False))
    assert [kind for _, kind, _ in events] == ["queued", "started", *["progress"] * 5, "finished"]
    assert [number for number, _, _ in events] == [str(number + 1) for number in range(8)]
    assert [data["fraction"] for _, kind, data in events if kind == "progress"] == [0.25, 0.5, 0.5, 0.1, 1]
    assert events[-1][2] == server.get(address)


def test_a_client_that_comes_again_gets_what_it_has_missed(server: Served) -> None:
    address = run(server, "loud", {}).headers["location"]
    events = events_of(server.ask("GET", f"{address}/events", headers={"Last-Event-ID": "2"}))
    assert [(number, kind) for number, kind, _ in events] == [("3", "log"), ("4", "finished")]
    assert events[0][2]["text"] == "a line"


def test_an_execution_is_cancelled(server: Served) -> None:
    address = begin(server, "endless")
    cancelled = server.ask("POST", f"{address}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert server.get(address)["error"]["code"] == "cancelled"
    assert server.ask("POST", f"{address}/cancel").json() == cancelled.json()


def test_the_console_is_shown(server: Served) -> None:
    address = run(server, "loud", {}).headers["location"]
    log = server.get(f"{address}/log")
    assert (log["console_dropped"], [line["text"] for line in log["console"]]) == (0, ["a line"])


def test_requests_are_har_and_the_recording_is_replayed(server: Served, tmp_path: Path) -> None:
    address = run(server, "total", {"items": [1]}).headers["location"]
    assert server.get(f"{address}/requests")["log"]["version"] == "1.2"
    answer = server.ask("GET", f"{address}/recording")
    name = answer.headers["content-disposition"].partition("filename=")[2].strip('"')
    (tmp_path / name).write_bytes(answer.content)
    command = [sys.executable, "-m", "ratchet", "replay", name]
    replayed = subprocess.run(command, cwd=tmp_path, env=environment_of(tmp_path), check=False, capture_output=True)
    assert replayed.returncode == 0, replayed.stderr


def test_a_recording_is_there_when_the_execution_has_ended(server: Served) -> None:
    address = begin(server, "endless")
    assert server.ask("GET", f"{address}/recording").status_code == 400
    server.ask("POST", f"{address}/cancel")
