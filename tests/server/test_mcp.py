"""The tools of MCP in the same server: one key, one catalogue, the same executions."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.server.conftest import Served

_HEADERS = {"Accept": "application/json, text/event-stream"}


def call(server: Served, method: str, params: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Send one message of the newer era and return the answer to it."""
    about = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": about}}
    given = {**_HEADERS, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, **headers}
    answer = server.ask("POST", "/mcp", message, headers=given)
    assert answer.status_code == 200, answer.text
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith(("data: ", "{"))]
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def test_the_tools_need_the_key_of_the_server(server: Served) -> None:
    answer = server.ask("POST", "/mcp", {}, headers={**_HEADERS, "Authorization": None})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_what_a_tool_runs_is_an_execution_of_the_server(server: Served) -> None:
    arguments = {"task": "total", "input": {"items": [2, 3]}}
    result = call(
        server, "tools/call", {"name": "execute_task", "arguments": arguments}, **{"Mcp-Name": "execute_task"}
    )
    value = result["result"]["structuredContent"]
    assert value["output"] == {"total": 5}
    assert server.get(f"/api/v1/executions/{value['execution_id']}")["output"] == {"total": 5}


def test_the_server_works_on_the_jobs_that_its_clients_make(server: Served) -> None:
    def ask(tool: str, **arguments: Any) -> Any:
        params = {"name": tool, "arguments": arguments}
        return call(server, "tools/call", params, **{"Mcp-Name": tool})["result"]["structuredContent"]

    made = ask("create_job", task="total", input={"items": [2, 3]})
    assert made["is_worked_on"] is True
    identity = made["job"]["id"]
    assert identity in [job["id"] for job in ask("list_jobs")["jobs"]]
    ends = time.monotonic() + 60
    while (job := ask("get_job", job_id=identity))["status"] != "completed":
        assert time.monotonic() < ends
    assert (job["output"], server.get(f"/api/v1/jobs/{identity}")["output"]) == ({"total": 5}, {"total": 5})
    assert ask("get_execution", execution_id=job["execution_id"])["output"] == {"total": 5}
    assert "schedules" in ask("list_schedules")
