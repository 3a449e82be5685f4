"""Jobs and schedules over MCP, where the store of a server is configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ratchet.mcp_server.tools import ALL, JOBS
from ratchet.task.schema import check_value, compile_schema
from tests.mcp_server.conftest import write_task, write_tasks
from tests.mcp_server.raw_client import MODERN, RawClient, start_server

_ERAS: dict[str, dict[str, Any]] = {"2025-11-25": {}, "2026-07-28": {"_meta": MODERN}}


@pytest.fixture(scope="module", params=_ERAS)
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    folder = tmp_path_factory.mktemp("jobs")
    tasks = write_tasks(folder / "tasks")
    write_task(tasks, "drop", "export default () => null;\n", annotations={"destructive": True})
    (folder / "own.yaml").write_text("data: {folder: data}\n")
    with start_server(folder, "--tasks", str(tasks), configuration="own.yaml") as client:
        if not _ERAS[request.param]:
            client.initialize()
        yield client


def call(client: RawClient, tool: str, **arguments: Any) -> Any:
    """Return what a tool gives back, which must fit its output schema unless it failed."""
    result = client.call(tool, arguments, **({} if client.initialized else {"_meta": MODERN}))
    return checked(tool, result)


def checked(tool: str, result: Mapping[str, Any]) -> Any:
    schema = next(each.output for each in ALL if each.name == tool)
    if not result.get("isError"):
        assert check_value(compile_schema(schema), result["structuredContent"]) == []
    return result["structuredContent"]


def test_a_job_is_made_found_and_cancelled(client: RawClient) -> None:
    made = call(client, "create_job", task="total", input={"items": [1]}, priority="high", idempotency_key="once")
    job = made["job"]
    assert (job["status"], job["priority"], job["task"]["name"]) == ("queued", 75, "total")
    assert (made["is_new"], made["is_worked_on"]) == (True, False)
    assert made["next"] == f'get_job {{"job_id": "{job["id"]}"}}'
    again = call(client, "create_job", task="total", input={"items": [1]}, priority="high", idempotency_key="once")
    assert (again["job"]["id"], again["is_new"]) == (job["id"], False)
    later = call(
        client, "create_job", task="loud", scheduled_for="2040-01-31T12:00:00+01:00", queue="night", record=True
    )["job"]
    assert (later["scheduled_for"], later["input"]) == ("2040-01-31T11:00:00.000Z", {})
    assert later["record"] is True
    first = call(client, "list_jobs", limit=1)
    second = call(client, "list_jobs", limit=1, after=first["following"])
    assert [page["jobs"][0]["id"] for page in (first, second)] == [later["id"], job["id"]]
    assert [each["id"] for each in call(client, "list_jobs", queue="night")["jobs"]] == [later["id"]]
    found = call(client, "get_job", job_id=later["id"])
    assert (found["id"], found["output"], found["history"]) == (later["id"], None, [])
    assert call(client, "cancel_job", job_id=job["id"])["job"]["status"] == "cancelled"
    assert [each["id"] for each in call(client, "list_jobs", status="cancelled", task="total")["jobs"]] == [job["id"]]
    assert call(client, "cancel_job", job_id=job["id"])["error"]["code"] == "conflict"


def test_a_schedule_is_made_triggered_and_deleted(client: RawClient) -> None:
    asked = {"name": "daily", "task": "total", "cron": "0 6 1 1 *", "time_zone": "Europe/Zurich", "enabled": False}
    made = call(client, "create_schedule", **asked, input={"items": [2]}, overlap="queue")
    assert (made["schedule"]["name"], made["schedule"]["enabled"], len(made["times"])) == ("daily", False, 5)
    assert made["times"][0].endswith("-01-01T05:00:00.000Z")
    assert [each["name"] for each in call(client, "list_schedules", task="total")["schedules"]] == ["daily"]
    job = call(client, "trigger_schedule", name="daily")["job"]
    assert (job["schedule_id"], job["input"]) == (made["schedule"]["id"], {"items": [2]})
    assert call(client, "create_schedule", **asked)["error"]["code"] == "invalid_input"
    again = call(client, "create_schedule", **asked, input={"items": [2]})
    assert again["error"]["code"] == "conflict"
    assert call(client, "delete_schedule", name="daily") == {"name": "daily"}
    assert call(client, "list_schedules")["schedules"] == []
    assert call(client, "trigger_schedule", name="daily")["error"]["code"] == "not_found"


def test_what_cannot_be_is_refused_with_its_place(client: RawClient) -> None:
    late = call(client, "create_job", task="total", input={"items": []}, scheduled_for="tomorrow")["error"]
    assert (late["code"], late["problems"][0]["pointer"]) == ("invalid_input", "/scheduled_for")
    wrong = call(client, "create_job", task="total", input={"items": ["x"]})["error"]
    assert (wrong["code"], wrong["problems"][0]["pointer"]) == ("invalid_input", "/items/0")
    assert call(client, "create_job", task="totl")["error"]["hint"] == "Did you mean `total`?"
    assert call(client, "create_schedule", name="x", task="loud", cron="99 * * * *")["error"]["code"] == "invalid_input"
    assert call(client, "get_job", job_id="none")["error"]["code"] == "not_found"


def test_what_destroys_is_not_put_off_until_nobody_looks(client: RawClient) -> None:
    assert call(client, "create_job", task="drop")["error"]["code"] == "not_permitted"
    assert call(client, "create_schedule", name="x", task="drop", cron="@daily")["error"]["code"] == "not_permitted"
    if client.initialized:
        return
    asks = {**MODERN, "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}}
    asked = client.call("create_job", {"task": "drop"}, _meta=asks)
    assert list(asked["inputRequests"]) == ["confirm"]
    agreed = {"confirm": {"action": "accept", "content": {"confirm": True}}}
    made = client.call("create_job", {"task": "drop"}, _meta=asks, inputResponses=agreed)
    assert checked("create_job", made)["job"]["status"] == "queued"


def test_without_a_store_there_are_no_such_tools(tmp_path: Path, tasks: Path) -> None:
    with start_server(tmp_path, "--tasks", str(tasks)) as client:
        client.initialize()
        names = {tool["name"] for tool in client.ask("tools/list")["result"]["tools"]}
        assert not names & {tool.name for tool in JOBS}
        assert client.ask("tools/call", {"name": "list_jobs", "arguments": {}})["error"]["code"] == -32602
