"""The extension `io.modelcontextprotocol/tasks` (SEP-2663): results that are asked for later, over real stdio."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.mcp_server.conftest import write_tasks
from tests.mcp_server.raw_client import MODERN, PATIENCE_SECONDS, RawClient, start_server

EXTENSION = "io.modelcontextprotocol/tasks"
_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
DECLARED = {**MODERN, _CAPABILITIES: {"extensions": {EXTENSION: {}}}}
ASKS = {**MODERN, _CAPABILITIES: {"extensions": {EXTENSION: {}}, "elicitation": {}}}
ENDED = ("completed", "failed", "cancelled")
PAUSE = "export default async ({ ms }, context) => {\n  context.progress(0.5, 'half');\n" + (
    "  await new Promise((done) => setTimeout(done, ms));\n  return { ms };\n};\n"
)
DROP = "export default ({ name }) => ({ dropped: name });\n"
NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
SLOW = "export default () => ({});\n"


def write_task(folder: Path, name: str, source: str, metadata: Mapping[str, Any]) -> None:
    (folder / name).mkdir()
    (folder / name / "metadata.json").write_text(json.dumps(metadata))
    (folder / name / "main.js").write_text(source)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    folder = write_tasks(tmp_path_factory.mktemp("deferred") / "tasks")
    write_task(folder, "pause", PAUSE, {"version": "1.0.0"})
    write_task(folder, "drop", DROP, {"version": "1.0.0", "annotations": {"destructive": True}})
    (folder / "drop" / "input.schema.json").write_text(json.dumps(NAMED))
    write_task(folder, "slow", SLOW, {"version": "1.0.0", "description": "Slow", "annotations": {"long_running": True}})
    (folder / "slow" / "input.schema.json").write_text('{"type": "object"}')
    (folder / "slow" / "tests").mkdir()
    (folder / "slow" / "tests" / "works.json").write_text('{"name": "works", "input": {}, "expected_output": {}}')
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        yield client


def ask(client: RawClient, method: str, params: Mapping[str, Any], meta: Mapping[str, Any] = DECLARED) -> Any:
    return client.ask(method, {**params, "_meta": meta})


def execute(client: RawClient, task: str, value: Any, meta: Mapping[str, Any] = DECLARED) -> Any:
    params = {"name": "execute_task", "arguments": {"task": task, "input": value}}
    return ask(client, "tools/call", params, meta)["result"]


def settle(client: RawClient, identity: str) -> Any:
    """Ask for a call until it has ended."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while (found := ask(client, "tasks/get", {"taskId": identity})["result"])["status"] not in ENDED:
        assert time.monotonic() < ends
    return found


def test_the_extension_is_advertised_in_its_era_alone(client: RawClient, tmp_path: Path) -> None:
    capabilities = ask(client, "server/discover", {})["result"]["capabilities"]
    assert capabilities["extensions"] == {EXTENSION: {}}
    assert "tasks" not in capabilities
    with start_server(tmp_path) as older:
        assert "extensions" not in older.initialize()["result"]["capabilities"]
        assert older.ask("tasks/get", {"taskId": "x"})["error"]["code"] == -32601


def test_what_takes_long_is_answered_at_once_and_asked_for_later(client: RawClient) -> None:
    created = execute(client, "pause", {"ms": 1500})
    assert created["resultType"] == "task"
    assert created["status"] == "working"
    assert {"result", "error", "task", "ttl", "requestState"}.isdisjoint(created)
    assert type(created["ttlMs"]) is type(created["pollIntervalMs"]) is int
    # On a busy machine it may take a while to come to its report, which it keeps to the end.
    while (told := ask(client, "tasks/get", {"taskId": created["taskId"]})["result"]).get("statusMessage") is None:
        assert told["status"] == "working"
    assert (told["statusMessage"], told["resultType"]) == ("half", "complete")
    done = settle(client, created["taskId"])
    assert (done["status"], done["taskId"]) == ("completed", created["taskId"])
    assert done["result"]["structuredContent"]["output"] == {"ms": 1500}
    assert done["createdAt"] == created["createdAt"] < done["lastUpdatedAt"]


def test_what_is_quick_is_answered_as_ever(client: RawClient) -> None:
    # On a busy machine nothing may be quick for a while.
    answers = (execute(client, "total", {"items": [1, 2]}) for _ in range(50))
    answer = next(answer for answer in answers if answer["resultType"] == "complete")
    assert answer["structuredContent"]["status"] == "completed"


def test_a_client_that_does_not_declare_it_waits(client: RawClient) -> None:
    answer = execute(client, "pause", {"ms": 1000}, MODERN)
    assert answer["structuredContent"]["output"] == {"ms": 1000}
    for method in ("tasks/get", "tasks/update", "tasks/cancel"):
        error = ask(client, method, {"taskId": "x"}, MODERN)["error"]
        assert error["code"] == -32021
        assert error["data"] == {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}


def test_a_task_that_fails_has_a_result_all_the_same(client: RawClient) -> None:
    created = execute(client, "endless", {})
    assert created["resultType"] == "task"
    ask(client, "tasks/cancel", {"taskId": created["taskId"]})
    source = "await new Promise((done) => setTimeout(done, 900)); throw new Error('late')"
    call = {"name": "run_script", "arguments": {"source": source}}
    late = settle(client, ask(client, "tools/call", call)["result"]["taskId"])
    assert (late["status"], late["result"]["isError"]) == ("completed", True)
    assert "error" not in late


def test_a_cancelled_call_ends_its_execution_and_stays_cancelled(client: RawClient) -> None:
    identity = execute(client, "endless", {})["taskId"]
    acknowledged = ask(client, "tasks/cancel", {"taskId": identity})["result"]
    assert set(acknowledged) == {"resultType", "_meta"}
    assert settle(client, identity)["status"] == "cancelled"
    assert ask(client, "tasks/cancel", {"taskId": identity})["result"]["resultType"] == "complete"
    assert ask(client, "tasks/update", {"taskId": identity, "inputResponses": {"x": {}}})["result"]["resultType"]
    listed = ask(client, "tools/call", {"name": "list_executions", "arguments": {"task": "endless"}})["result"]
    assert {each["status"] for each in listed["structuredContent"]["executions"]} == {"cancelled"}


def test_before_what_destroys_the_call_waits_for_the_users_word(client: RawClient) -> None:
    asked = execute(client, "drop", {}, ASKS)
    assert (asked["resultType"], asked["status"]) == ("task", "input_required")
    identity = asked["taskId"]
    waiting = ask(client, "tasks/get", {"taskId": identity})["result"]
    assert {key: each["method"] for key, each in waiting["inputRequests"].items()} == {
        "input": "elicitation/create",
        "confirm": "elicitation/create",
    }
    answers: dict[str, Any] = {"confirm": {"action": "accept", "content": {"confirm": True}}, "other": {"x": 1}}
    told = ask(client, "tasks/update", {"taskId": identity, "inputResponses": answers})["result"]
    assert set(told) == {"resultType", "_meta"}
    waiting = ask(client, "tasks/get", {"taskId": identity})["result"]
    assert (waiting["status"], list(waiting["inputRequests"])) == ("input_required", ["input"])
    answers = {"input": {"action": "accept", "content": {"name": "Ada"}}}
    ask(client, "tasks/update", {"taskId": identity, "inputResponses": answers})
    done = settle(client, identity)
    assert "inputRequests" not in done
    assert done["result"]["structuredContent"]["output"] == {"dropped": "Ada"}


@pytest.mark.parametrize("answer", [{"action": "accept", "content": {"confirm": False}}, {"action": "decline"}])
def test_what_the_user_does_not_agree_to_is_not_run(client: RawClient, answer: Any) -> None:
    identity = execute(client, "drop", {"name": "Ada"}, ASKS)["taskId"]
    params = {"taskId": identity, "inputResponses": {"confirm": {"action": "perhaps"}}}
    assert ask(client, "tasks/update", params)["error"]["code"] == -32602
    ask(client, "tasks/update", {"taskId": identity, "inputResponses": {"confirm": answer}})
    done = settle(client, identity)
    assert (done["status"], done["result"]["structuredContent"]["error"]["code"]) == ("completed", "not_permitted")


def test_a_call_that_waits_for_the_user_is_cancelled(client: RawClient) -> None:
    identity = execute(client, "drop", {"name": "Ada"}, ASKS)["taskId"]
    ask(client, "tasks/cancel", {"taskId": identity})
    done = settle(client, identity)
    assert (done["status"], "inputRequests" in done) == ("cancelled", False)


def test_a_task_that_takes_long_is_a_tool_for_those_who_ask_later(client: RawClient) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while "slow" not in {tool["name"] for tool in ask(client, "tools/list", {})["result"]["tools"]}:
        assert time.monotonic() < ends
    call = {"name": "slow", "arguments": {}}
    error = ask(client, "tools/call", call, MODERN)["error"]
    assert (error["code"], error["message"]) == snapshot(
        (-32021, "`slow` takes long: `execute_task` runs it and hands back an id")
    )
    assert error["data"] == {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}
    assert execute(client, "slow", {}, MODERN)["structuredContent"]["output"] == {}
    assert "error" not in ask(client, "tools/call", call)


def test_what_is_not_known_is_refused(client: RawClient) -> None:
    assert ask(client, "tasks/get", {"taskId": "no\u001b[31mne"})["error"]["code"] == -32602
    assert ask(client, "tasks/get", {})["error"]["code"] == -32602
    assert ask(client, "tasks/list", {})["error"]["code"] == -32601
    assert ask(client, "tasks/result", {"taskId": "x"})["error"]["code"] == -32601


def test_a_server_ends_with_calls_that_go_on(tmp_path: Path) -> None:
    folder = write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", str(folder)) as client:
        assert execute(client, "endless", {})["status"] == "working"
    assert client.process.returncode == 0
