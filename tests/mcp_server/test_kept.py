"""Executions outlive the server in a data folder, for the next one and for the shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ratchet.cli import main
from tests.mcp_server.raw_client import RawClient, start_server


def call(client: RawClient, tool: str, **arguments: Any) -> Any:
    return client.call(tool, arguments)["structuredContent"]


def test_an_execution_is_found_after_a_restart_and_from_the_shell(
    tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept.yaml").write_text("data: {folder: data}\n")
    options = {"configuration": "kept.yaml"}
    monkeypatch.setenv("RATCHET_CONFIG", str(tmp_path / "kept.yaml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with start_server(tmp_path, "--tasks", str(tasks), **options) as client:
        client.initialize()
        first = call(client, "execute_task", task="loud", input=None)["execution_id"]
        second = call(client, "execute_task", task="broken", input={})["execution_id"]
        before = [call(client, "get_execution", execution_id=each) for each in (first, second)]
    assert before[0]["recording"] == str(tmp_path / "data" / "executions" / first)
    (tasks / "loud" / "main.js").write_text("export default () => 'another';\n")
    with start_server(tmp_path, "--tasks", str(tasks), **options) as client:
        client.initialize()
        assert [call(client, "get_execution", execution_id=each) for each in (first, second)] == before
        rows = call(client, "list_executions")["executions"]
        assert [row["execution_id"] for row in rows] == [second, first]
        failed = call(client, "list_executions", status="failed", task="broken")["executions"]
        assert [row["execution_id"] for row in failed] == [second]
        assert call(client, "cancel_execution", execution_id=first)["status"] == "completed"
        assert call(client, "replay_execution", execution_id=first)["same"] is True
        third = call(client, "execute_task", task="loud", input=None)["execution_id"]
        rows = call(client, "list_executions", limit=2)["executions"]
        assert [row["execution_id"] for row in rows] == [third, second]
    assert main(["execution", "list", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert [row["id"] for row in rows] == [third, second, first]
    assert main(["execution", "show", second, "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == before[1]
