"""Scripts over MCP that call tasks."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.calling import call
from tests.mcp_server.conftest import write_tasks
from tests.mcp_server.raw_client import PATIENCE_SECONDS, RawClient, start_server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two folders of tasks in one; both have a task `total` and a task `one`."""
    folder = tmp_path_factory.mktemp("scripted")
    write_tasks(folder / "tasks")
    for place, source, tasks in (
        ("tasks/word-count", "export default ({ text }) => text.split(' ').length;", []),
        ("tasks/one", "export default () => 'one of tasks';", []),
        ("more/one", "export default () => 'one of more';", []),
        ("more/total", "export default () => 'not this one';", []),
        ("more/asking", "export default (input, context) => context.call('one');", ["one"]),
    ):
        root = folder / place
        root.mkdir(parents=True)
        (root / "metadata.json").write_text(json.dumps({"version": "1.0.0", "permissions": {"tasks": tasks}}))
        (root / "main.js").write_text(source)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[RawClient]:
    arguments = ["--tasks", str(folder / "tasks"), "--tasks", str(folder / "more"), "--read-only"]
    with start_server(folder, *arguments) as client:
        client.initialize()
        yield client


def script(client: RawClient, source: str, **more: Any) -> Any:
    return call(client, "run_script", source=source, **more)


def error_of(client: RawClient, source: str) -> Any:
    return script(client, source)["error"]


def test_a_script_works_on_what_tasks_give_back(client: RawClient) -> None:
    source = """
const totals = await Promise.all(input.orders.map((items) => tasks.total({ items })));
console.log(`${totals.length} orders`);
return totals.reduce((sum, { total }) => sum + total, 0); // no matter what ends it"""
    ran = script(client, source, input={"orders": [[1, 2], [3]]})
    assert (ran["status"], ran["output"], ran["console"]) == ("completed", 6, ["2 orders"])
    followed = call(client, "get_execution", execution_id=ran["execution_id"])
    assert (followed["task"]["name"], followed["output"]) == ("script", 6)
    again = call(client, "replay_execution", execution_id=ran["execution_id"])
    assert (again["same"], again["execution"]["output"]) == (True, 6)


def test_a_script_may_be_a_module(client: RawClient) -> None:
    source = """const double = (value) => value * 2;
export default async (input) => double(await tasks['word-count'](input));"""
    assert script(client, source, input={"text": "a b c"})["output"] == 6


def test_tasks_are_those_of_the_first_source_and_call_those_of_their_own(client: RawClient) -> None:
    assert script(client, "return [await tasks.one(), await tasks.asking()];")["output"] == [
        "one of tasks",
        "one of more",
    ]
    assert script(client, "return [Object.keys(tasks), 'one' in tasks, 'two' in tasks, tasks];")["output"] == [
        ["asking", "broken", "endless", "loud", "one", "steps", "total", "word-count"],
        True,
        False,
        {},
    ]


def test_errors_point_at_the_script(client: RawClient) -> None:
    for source, line, words in (
        ("\nreturn tasks.totl();", 2, "There is no task `totl` to call"),
        ("return await tasks.total({ items: ['x'] });", 1, "/items/0: Expected a number"),
        ("\n\nreturn nothing.at.all;", 3, "nothing is not defined"),
        ("const a = 1;\nreturn await tasks.broken();", 2, "cannot read property"),
        ("return 1 +* 2;", 1, "Syntax error"),
    ):
        error = error_of(client, source)
        assert (error["file"], error["line"]) == ("script/script.js", line)
        assert words in error["message"]
    failed = script(client, "return tasks.totl();")
    analysis = call(client, "analyze_error", execution_id=failed["execution_id"])
    assert analysis["source"][0] == "1: export default async (input, context) => {return tasks.totl();"


def test_a_script_calls_so_often_and_not_more(client: RawClient) -> None:
    error = error_of(client, "for (let count = 0; count < 51; count += 1) await tasks.one();")
    assert (error["message"], error["details"]["code"]) == ("An execution may call 50 times", "count_limit")


def wait_until_checked(client: RawClient, task: str, reasons: list[str]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while call(client, "describe_task", task=task)["draft_because"] != reasons:
        assert time.monotonic() < ends


def test_it_is_told_which_of_the_called_tasks_are_drafts(client: RawClient, folder: Path) -> None:
    tested = folder / "tasks" / "tested"
    shutil.copytree(folder / "tasks" / "one", tested)
    (tested / "tests").mkdir()
    (tested / "tests" / "says.json").write_text('{"name": "says", "input": {}, "expected_output": "one of tasks"}')
    wait_until_checked(client, "tasks/tested", [])
    wait_until_checked(client, "tasks/one", ["It has no case"])
    ran = script(client, "return [await tasks.one(), await tasks.one(), await tasks.tested()];")
    (draft,) = ran["drafts"]
    assert (draft["task"], draft["draft_because"]) == ("one", ["It has no case"])
    assert draft["next"] == call(client, "describe_task", task="tasks/one")["next"]
    assert script(client, "return await tasks.tested();")["drafts"] == []
    failed = script(client, "await tasks.one(); throw new Error('x');")
    assert [each["task"] for each in failed["drafts"]] == ["one"]
    shutil.rmtree(tested)


def test_a_script_has_no_network_and_no_secret_of_its_own(client: RawClient) -> None:
    assert (
        "is not among the hosts" in error_of(client, "return (await fetch('https://example.org/')).status;")["message"]
    )
    assert "is not among the secrets" in error_of(client, "return context.secret('KEY');")["message"]
    source = "globalThis.names = null; return context.call('../total', {});"
    assert "may not call `../total`" in error_of(client, source)["message"]


def test_a_script_that_does_not_end_is_followed_and_cancelled(client: RawClient) -> None:
    running = script(client, "await tasks.endless();", wait_seconds=0)
    identity = running["execution_id"]
    assert running["status"] in ("pending", "running")
    assert call(client, "cancel_execution", execution_id=identity)["status"] == "cancelled"
    ended = script(client, "for (;;) {}", timeout_seconds=0.3)
    assert ended["error"]["code"] == "time_limit"
