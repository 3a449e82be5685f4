"""Executions of a server, looked at by the commands, and kept for as long as the configuration says."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ratchet.cli import main
from tests.mcp_server.conftest import write_tasks
from tests.server.conftest import PATIENCE_SECONDS, Served, environment_of, run, start_server

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def connected(server: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Served:
    """Have the key of the server where the commands look for it."""
    monkeypatch.setenv("RATCHET_SERVER__API_KEY", server.key or "")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return server


def said(capfd: Capture, *arguments: str, code: int = 0) -> str:
    """Run a command and return what it prints, on stderr where it fails."""
    assert main(["execution", *arguments]) == code
    captured = capfd.readouterr()
    return captured.err if code else captured.out


def test_a_server_is_asked_for_executions(connected: Served, capfd: Capture) -> None:
    at = ("--connect", connected.url)
    loud = run(connected, "loud", None).json()["id"]
    broken = run(connected, "broken", {}).json()["execution"]["id"]
    rows = json.loads(said(capfd, "list", "--json", *at))
    assert [row["id"] for row in rows[:2]] == [broken, loud]
    rows = json.loads(said(capfd, "list", "--json", "--task", "loud", "--status", "completed", "--since", "1h", *at))
    assert {row["task"]["name"] for row in rows} == {"loud"}
    assert broken in said(capfd, "list", "--limit", "1", *at)
    assert loud in said(capfd, "list", "--limit", "1", "--after", broken, *at)
    assert json.loads(said(capfd, "show", loud, "--json", *at)) == connected.get(f"/api/v1/executions/{loud}")
    assert said(capfd, "logs", loud, *at).endswith("log    a line\n")
    assert said(capfd, "watch", loud, *at).endswith("log    a line\nnull\n")
    assert said(capfd, "watch", broken, *at, code=1).startswith("Error: The task threw `TypeError")


def test_an_id_of_a_server_may_be_cut_short(connected: Served, capfd: Capture) -> None:
    at = ("--connect", connected.url)
    before, loud = (run(connected, "loud", None).json()["id"] for _ in range(2))
    endless = run(connected, "endless", None, wait_seconds=0).json()["id"]
    both = loud[:4]
    assert "More than one execution begins with" in said(capfd, "show", both, *at, code=3)
    assert json.loads(said(capfd, "show", loud[:-1], "--json", *at))["id"] == loud
    rows = json.loads(said(capfd, "list", "--json", "--limit", "1", "--after", loud[:-1], *at))
    assert [row["id"] for row in rows] == [before]
    assert said(capfd, "cancel", endless[:-1], *at) == "cancelled\n"
    assert said(capfd, "logs", loud[:-1], *at).endswith("log    a line\n")
    job = connected.ask("POST", "/api/v1/jobs", {"task": "loud", "scheduledFor": "2100-01-01T00:00Z"}).json()["id"]
    assert main(["job", "cancel", job[:-1], *at]) == 0


def test_an_execution_of_a_server_is_cancelled(connected: Served, capfd: Capture) -> None:
    at = ("--connect", connected.url)
    endless = run(connected, "endless", None, wait_seconds=0).json()["id"]
    assert endless in said(capfd, "list", "--limit", "1", *at)
    assert said(capfd, "cancel", endless, *at) == "cancelled\n"
    assert said(capfd, "watch", endless, *at, code=130).startswith("Error: ")


def test_a_server_runs_an_execution_again(connected: Served, capfd: Capture) -> None:
    at = ("--connect", connected.url)
    total = run(connected, "total", {"items": [4]}).json()["id"]
    assert said(capfd, "retry", total[:-1], *at) == '{"total":4}\n'
    assert connected.get("/api/v1/executions?limit=1")["data"][0]["id"] != total
    loud = run(connected, "loud", None).json()["id"]
    assert main(["execution", "retry", loud, *at]) == 0
    assert capfd.readouterr() == ("null\n", "a line\n")
    broken = run(connected, "broken", {}).json()["execution"]["id"]
    assert said(capfd, "retry", broken, *at, code=1).startswith("Error: The task threw `TypeError")
    assert main(["execution", "retry", broken, "--json", *at]) == 1
    document = json.loads(capfd.readouterr().out)
    assert document == connected.get(f"/api/v1/executions/{document['id']}")
    assert document["error"]["code"] == "script_error"


def test_a_task_is_run_on_a_server(connected: Served, capfd: Capture) -> None:
    at = ("--connect", connected.url)
    assert said(capfd, "create", "tasks/total@1", "--input", '{"items": [2, 3]}', *at) == '{"total":5}\n'
    document = json.loads(said(capfd, "create", "loud", "--input", "null", "--record", "--json", *at))
    assert connected.get(f"/api/v1/recordings/{document['id']}")["id"] == document["id"]
    assert said(capfd, "create", "total", *at, code=3).startswith("Error: The input does not fit")
    assert "no task `totl`" in said(capfd, "create", "totl", *at, code=3)
    assert "is not the name of a task" in said(capfd, "create", "./total", *at, code=3)


def test_who_no_longer_waits_ends_the_execution(connected: Served, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ratchet", "execution", "create", "endless", "--connect", connected.url]
    environment = {**environment_of(tmp_path), "RATCHET_SERVER__API_KEY": connected.key or ""}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        found: list[str] = []
        while not found:
            found = [row["id"] for row in connected.get("/api/v1/executions?status=running")["data"]]
        process.send_signal(signal.SIGINT)
        _, printed = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, printed.decode()) == (130, "Error: The execution was cancelled\n")
    assert connected.get(f"/api/v1/executions/{found[0]}")["status"] == "cancelled"


def test_what_a_server_refuses_is_said(connected: Served, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    at = ("--connect", connected.url)
    nobody = "019a0c5e-7d3b-7000-8000-000000000000"
    assert "no execution" in said(capfd, "show", nobody, *at, code=3)
    assert "no execution" in said(capfd, "show", nobody[:8], *at, code=3)
    assert "no execution" in said(capfd, "show", "../jobs", *at, code=3)
    assert "no execution" in said(capfd, "retry", nobody, *at, code=3)
    assert "is no URL" in said(capfd, "list", "--connect", "here", code=3)
    assert "does not answer" in said(capfd, "list", "--connect", "http://127.0.0.1:9", code=6)
    monkeypatch.delenv("RATCHET_SERVER__API_KEY")
    assert "`RATCHET_SERVER__API_KEY` holds the key" in said(capfd, "list", *at, code=3)


def test_a_server_takes_over_recordings_and_removes_what_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    home = tmp_path / "home"
    write_tasks(home / "tasks")
    data = {"RATCHET_DATA__FOLDER": str(tmp_path / "data"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for name, value in data.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(home))
    for _ in range(3):
        assert main(["run-once", str(home / "tasks" / "loud"), "--input", "null"]) == 0
    capfd.readouterr()
    with start_server(home, environment={**data, "RATCHET_DATA__KEEP_COUNT": "1"}) as server:
        server.get("/health")
        assert server.stop()[0] == 0
    (left,) = (path.name for path in (tmp_path / "data" / "executions").iterdir())
    rows = json.loads(said(capfd, "list", "--json"))
    assert [row["id"] for row in rows] == [left]
