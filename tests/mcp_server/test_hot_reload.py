"""The list of tools follows the tasks, and clients of both eras hear of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.subscriptions import ToolsListChanged
from mcp.types import ToolListChangedNotification

from ratchet.mcp_server.write_tools import EDIT_TASK
from ratchet.task.schema import check_value, compile_schema
from tests.mcp_server.calling import CREATED
from tests.mcp_server.http_client import Served, modern_body, older_body, start_http
from tests.mcp_server.raw_client import LIST_CHANGED, MODERN, RESOURCES_CHANGED, ROOT, RawClient, start_server
from tests.mcp_server.test_sdk_client import connect
from tests.mcp_server.test_task_tools import ERAS, list_tools, told
from tests.mcp_server.tested_tasks import CASE, DOUBLE, write_json, write_task

WRONG = DOUBLE.replace("2", "3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_task(tmp_path / "tasks")
    return tmp_path / "tasks"


@pytest.fixture
def client(folder: Path) -> Iterator[RawClient]:
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        list_tools(client, {}, "double")
        yield client


def wait_until(client: RawClient, *names: str) -> None:
    """Wait for changes until exactly these tasks are tools."""
    while list(list_tools(client, {})) != [*names]:
        client.wait_for_change()


def test_a_client_hears_of_edits_on_the_disk(client: RawClient, folder: Path) -> None:
    write_task(folder, "another")
    wait_until(client, "another", "double")
    (folder / "double" / "main.js").write_text(WRONG)
    wait_until(client, "another")
    (folder / "double" / "main.js").write_text(DOUBLE)
    wait_until(client, "another", "double")
    shutil.rmtree(folder / "another")
    wait_until(client, "double")


def test_a_call_sees_the_edit_right_before_it(client: RawClient, folder: Path) -> None:
    call = {"task": "double", "input": {"value": 1}}
    for factor in range(10, 30):
        (folder / "double" / "main.js").write_text(DOUBLE.replace("2", str(factor)))
        assert told(client.call("double", {"value": 1}))["error"]["message"].startswith("`double` is a draft: ")
        assert client.call("execute_task", call)["structuredContent"]["output"] == {"value": factor}
    (folder / "double" / "main.js").write_text(DOUBLE)
    wait_until(client, "double")
    for _ in range(2):
        assert client.call("double", {"value": 1})["structuredContent"] == {"value": 2}
    (folder / "double" / "main.js").write_text(DOUBLE.replace("2", "29"))
    write_task(folder / "later", "double", source=DOUBLE.replace("2", "7"), version="1.1.0")
    assert client.call("execute_task", call)["structuredContent"]["output"] == {"value": 7}
    shutil.rmtree(folder / "later")
    assert client.call("execute_task", call)["structuredContent"]["output"] == {"value": 29}
    shutil.rmtree(folder / "double")
    assert told(client.call("execute_task", call))["error"]["code"] == "not_found"


def test_edits_are_noticed_without_a_watcher_too(folder: Path) -> None:
    modules = folder.parent / "modules"
    modules.mkdir()
    (modules / "sitecustomize.py").write_text("import sys\nsys.modules['watchfiles'] = None\n")
    path = os.pathsep.join([str(modules), str(ROOT)])
    with start_server(folder.parent, "--tasks", str(folder), PYTHONPATH=path) as client:
        list_tools(client, {}, "double")
        write_task(folder, "another")
        client.changes = 0
        client.wait_for_change()
        wait_until(client, "another", "double")


def test_a_task_written_over_mcp_is_a_tool_once_its_cases_pass(client: RawClient) -> None:
    written = {**CREATED, "name": "times-two"}
    made = client.call("create_task", {**written, "source": WRONG})["structuredContent"]
    assert (made["valid"], made["draft"]) == (True, True)
    # They may have been run in the meantime.
    assert made["draft_because"][0].startswith(("Its cases have not been run", "The case `doubles two` fails"))
    assert made["next"] == 'run_task_tests {"task": "tasks/times-two"}'
    refused = client.call("times-two", {"value": 1})
    assert refused["isError"] is True
    assert told(refused)["error"]["message"].startswith("`times-two` is a draft: ")
    run = client.call("execute_task", {"task": "times-two", "input": {"value": 1}})["structuredContent"]
    assert (run["output"], run["draft"]) == ({"value": 3}, True)
    assert run["next"] == 'run_task_tests {"task": "tasks/times-two"}'
    client.call("edit_task", {"task": "times-two", "source": CREATED["source"]})
    wait_until(client, "double", "times-two")
    assert client.call("times-two", {"value": 4})["structuredContent"] == {"value": 8}
    client.call("edit_task", {"task": "times-two", "source": WRONG})
    assert list(list_tools(client, {})) == ["double"]
    client.call("delete_task", {"task": "times-two"})
    gone = client.ask("tools/call", {"name": "times-two", "arguments": {"value": 4}})
    assert gone["error"]["code"] == -32602


def test_a_draft_without_a_case_says_what_is_missing(client: RawClient, folder: Path) -> None:
    write_task(folder, "bare", cases=[])
    run = client.call("execute_task", {"task": "bare", "input": {"value": 1}})["structuredContent"]
    assert (run["draft"], run["draft_because"]) == (True, ["It has no case"])
    tool, _, arguments = run["next"].partition(" ")
    assert tool == "edit_task"
    assert check_value(compile_schema(EDIT_TASK.input), json.loads(arguments)) == []
    assert json.loads(arguments)["task"] == "bare"


def test_a_subscription_of_the_newer_era_brings_the_changes_and_nothing_else(folder: Path) -> None:
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        list_tools(client, ERAS["2026-07-28"], "double")
        asked = {"toolsListChanged": True}
        identity = client.send("subscriptions/listen", {"_meta": MODERN, "notifications": asked})
        acknowledged = client.read()
        assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
        assert acknowledged["params"]["notifications"] == asked
        write_task(folder, "another")
        changed = client.read()
        assert changed["method"] == LIST_CHANGED
        assert changed["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == identity
        assert list(list_tools(client, ERAS["2026-07-28"])) == ["another", "double"]


def test_a_subscription_to_resources_hears_of_the_tasks_that_they_belong_to(folder: Path) -> None:
    file = "ratchet://tasks/tasks/double@1.0.0/files/main.js"
    asked = {"resourcesListChanged": True, "resourceSubscriptions": [file, "ratchet://tasks/tasks/other"]}
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        list_tools(client, ERAS["2026-07-28"], "double")
        client.send("subscriptions/listen", {"_meta": MODERN, "notifications": asked})
        assert client.read()["method"] == "notifications/subscriptions/acknowledged"
        write_task(folder, "another")
        assert client.read()["method"] == RESOURCES_CHANGED
        (folder / "double" / "main.js").write_text(WRONG)
        while (updated := client.read())["method"] == RESOURCES_CHANGED:
            pass
        assert (updated["method"], updated["params"]["uri"]) == ("notifications/resources/updated", file)


def test_without_a_subscription_the_newer_era_brings_no_change(folder: Path) -> None:
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        modern: dict[str, Any] = ERAS["2026-07-28"]
        write_task(folder, "another")
        assert list(list_tools(client, modern, "another", "double")) == ["another", "double"]
        write_json(folder / "another" / "tests" / "0.json", {**CASE, "expected_output": 5})
        assert list(list_tools(client, modern)) == ["double"]
        assert client.changes == 0


async def names(client: Client) -> set[str]:
    """Return the names of all tools."""
    return {tool.name for tool in (await client.list_tools()).tools}


def test_the_library_of_the_protocol_hears_it_in_the_older_era(folder: Path) -> None:
    async def run() -> None:
        changed = anyio.Event()

        async def hear(message: object) -> None:
            if isinstance(message, ToolListChangedNotification):
                changed.set()

        async with connect(folder, "legacy", hear) as client:
            await names(client)
            write_task(folder, "another")
            while "another" not in await names(client):
                await changed.wait()
                changed = anyio.Event()

    anyio.run(run)


def test_the_library_of_the_protocol_hears_it_in_the_newer_era(folder: Path) -> None:
    async def run() -> None:
        async with connect(folder, "auto") as client, client.listen(tools_list_changed=True) as subscription:
            await names(client)
            write_task(folder, "another")
            async for event in subscription:
                assert event == ToolsListChanged()
                if "another" in await names(client):
                    break

    anyio.run(run)


@contextmanager
def open_stream(served: Served, method: str, body: Any, headers: Any) -> Iterator[Iterator[Any]]:
    """Open a stream; what it brings is read one by one."""
    connection = served.connect()
    try:
        connection.request(method, "/mcp", None if body is None else json.dumps(body), dict(headers))
        answer = connection.getresponse()
        assert answer.status == 200
        yield (json.loads(line.removeprefix(b"data: ")) for line in answer if line.startswith(b"data: {"))
    finally:
        connection.close()


def test_a_session_over_http_hears_of_changes(folder: Path) -> None:
    with start_http(folder.parent, "--tasks", str(folder)) as served:
        session = served.open_session()
        names: list[str] = []
        with open_stream(served, "GET", None, {**session, "Accept": "text/event-stream"}) as stream:
            write_task(folder, "another")
            while "another" not in names:
                assert next(stream)["method"] in (LIST_CHANGED, RESOURCES_CHANGED)
                tools = served.request(older_body(5, "tools/list"), session).message["result"]["tools"]
                names = [tool["name"] for tool in tools]


def test_a_subscription_over_http_hears_of_changes(folder: Path) -> None:
    with start_http(folder.parent, "--tasks", str(folder)) as served:
        asked = {"notifications": {"toolsListChanged": True}}
        body, headers = modern_body("subscriptions/listen", **asked), served.modern_headers("subscriptions/listen")
        names: list[str] = []
        with open_stream(served, "POST", body, headers) as stream:
            assert next(stream)["method"] == "notifications/subscriptions/acknowledged"
            write_task(folder, "another")
            while "another" not in names:
                assert next(stream)["method"] == LIST_CHANGED
                names = [tool["name"] for tool in served.modern("tools/list").message["result"]["tools"]]
        called = served.modern("tools/call", name="another", arguments={"value": 3})
        assert called.message["result"]["structuredContent"] == {"value": 6}
