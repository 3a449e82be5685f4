"""What the user is asked before a task runs, over real stdio and in both eras."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.mcp_server.raw_client import MODERN, RawClient, start_server

ASKS = {**MODERN, "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}}
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Whom to greet", "pattern": "^A"},
        "times": {"type": "integer", "minimum": 1},
        "extra": {"type": "array"},
    },
    "required": ["name", "times"],
}
SOURCE = "export default (input) => input;\n"


def write(folder: Path, name: str, *, schema: Any = SCHEMA, destructive: bool = False) -> None:
    task = folder / name
    task.mkdir(parents=True)
    metadata = {"version": "1.0.0", "label": name, "description": f"Tries {name}"}
    if destructive:
        metadata["annotations"] = {"destructive": True}  # type: ignore[assignment]
    (task / "metadata.json").write_text(json.dumps(metadata))
    (task / "main.js").write_text(SOURCE)
    (task / "input.schema.json").write_text(json.dumps(schema))
    (task / "output.schema.json").write_text('{"type": "object"}')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tasks = tmp_path / "tasks"
    write(tasks, "greet")
    write(tasks, "drop", schema={"type": "object"}, destructive=True)
    write(tasks, "lists", schema={**SCHEMA, "required": ["extra"]})
    return tasks


def execute(client: RawClient, task: str, value: Any, **params: Any) -> Any:
    return client.ask(
        "tools/call", {"name": "execute_task", "arguments": {"task": task, "input": value}, "_meta": ASKS, **params}
    )["result"]


def test_newer_era_asks_for_missing_input_and_takes_the_call_again(folder: Path) -> None:
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        asked = execute(client, "greet", {"times": 2})
        assert asked["resultType"] == "input_required"
        assert asked["inputRequests"] == snapshot(
            {
                "input": {
                    "method": "elicitation/create",
                    "params": {
                        "mode": "form",
                        "message": "`greet` needs more to begin with",
                        "requestedSchema": {
                            "type": "object",
                            "properties": {"name": {"type": "string", "description": "Whom to greet"}},
                            "required": ["name"],
                        },
                    },
                }
            }
        )
        answers = {"input": {"action": "accept", "content": {"name": "Ada", "times": 9}}}
        answer = execute(client, "greet", {"times": 2}, inputResponses=answers)
        assert answer["structuredContent"]["output"] == {"name": "Ada", "times": 2}
        # What the form has no room for, the schema still holds to.
        answers = {"input": {"action": "accept", "content": {"name": "Bob"}}}
        assert execute(client, "greet", {"times": 2}, inputResponses=answers)["isError"]
        declined = execute(client, "greet", {"times": 2}, inputResponses={"input": {"action": "decline"}})
        assert declined["structuredContent"]["error"]["problems"][0]["message"] == snapshot(
            "`name` is missing: expected a string"
        )
        assert execute(client, "lists", {})["isError"]


def test_newer_era_asks_before_what_destroys(folder: Path) -> None:
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        asked = execute(client, "drop", {})["inputRequests"]["confirm"]["params"]
        assert asked["message"] == "`drop` may destroy something: Tries drop"
        agreed = {"confirm": {"action": "accept", "content": {"confirm": True}}}
        assert execute(client, "drop", {}, inputResponses=agreed)["structuredContent"]["status"] == "completed"
        for no in ({"action": "accept", "content": {"confirm": False}}, {"action": "decline"}, {"action": "cancel"}):
            refused = execute(client, "drop", {}, inputResponses={"confirm": no})["structuredContent"]["error"]
            assert refused["code"] == "not_permitted"


def test_older_era_asks_in_between(folder: Path) -> None:
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        params = {"protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}}}
        client.ask("initialize", {**params, "clientInfo": {"name": "raw", "version": "1"}})
        client.send("notifications/initialized", notify=True)
        for content, status in (({"confirm": True}, "completed"), ({"confirm": False}, None)):
            identity = client.send("tools/call", {"name": "execute_task", "arguments": {"task": "drop", "input": {}}})
            while (message := client.read()).get("method") != "elicitation/create":
                pass
            answer = {"jsonrpc": "2.0", "id": message["id"], "result": {"action": "accept", "content": content}}
            client.write(json.dumps(answer).encode() + b"\n")
            while (message := client.read()).get("id") != identity:
                pass
            assert message["result"]["structuredContent"].get("status") == status


def test_a_client_that_cannot_ask_is_refused_and_told_how_to_go_on(folder: Path) -> None:
    requests = [{"id": "a", "task": "drop", "input": {}}]
    script = {"source": "return await tasks.drop({})"}
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        client.initialize()
        refused = client.call("execute_task", {"task": "drop", "input": {}})
        assert refused["structuredContent"]["error"] == snapshot(
            {
                "code": "not_permitted",
                "message": "`drop` may destroy something, and nobody has agreed to that",
                "file": None,
                "line": None,
                "column": None,
                "hint": (
                    "Call it alone from a client that can ask its user (elicitation), or set `mcp.confirm: false`"
                ),
                "problems": [],
            }
        )
        batch = client.call("batch_execute", {"requests": requests})["structuredContent"]
        assert "nobody has agreed" in json.dumps(batch)
        assert "nobody has agreed" in json.dumps(client.call("run_script", script))
        assert client.call("record_execution", {"task": "drop", "input": {}})["isError"]
        assert client.call("execute_task", {"task": "greet", "input": {}})["isError"]


def test_the_operator_may_have_nobody_asked(folder: Path) -> None:
    (folder.parent / "own.yaml").write_text("mcp: {confirm: false}\n")
    with start_server(folder.parent, "--tasks", str(folder), configuration="own.yaml") as client:
        assert execute(client, "drop", {})["structuredContent"]["status"] == "completed"
        unable = client.call("execute_task", {"task": "drop", "input": {}}, _meta=MODERN)
        assert unable["structuredContent"]["status"] == "completed"
