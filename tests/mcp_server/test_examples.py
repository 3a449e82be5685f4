"""Every example of every tool, as the documentation has it, over real stdio in both eras."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ratchet.mcp_server.tools import ALL
from ratchet.task.schema import check_value, compile_schema
from tests.docs_session import ROOT, blocks_of
from tests.mcp_server.raw_client import MODERN, RawClient, start_server

PAGE = ROOT / "docs" / "reference" / "mcp-tools.md"
SOME_ID = "019a0c5e-7d3b-7000-8000-000000000000"
ERAS: dict[str, dict[str, Any]] = {"2025-11-25": {}, "2026-07-28": {"_meta": MODERN}}


def calls() -> dict[str, dict[str, Any]]:
    """Return the call that the page shows for each tool."""
    parsed = [json.loads(block.body) for block in blocks_of(PAGE) if block.language == "json"]
    return {each["name"]: each for each in parsed if each.keys() == {"name", "arguments"}}


def test_the_page_has_a_call_for_each_tool() -> None:
    assert list(calls()) == [tool.name for tool in ALL]


@pytest.mark.parametrize("params", ERAS.values(), ids=ERAS)
def test_every_example_works_and_gives_what_its_schema_says(tasks: Path, params: dict[str, Any]) -> None:
    (tasks.parent / "own.yaml").write_text("data: {folder: data}\n")
    with start_server(tasks.parent, "--tasks", str(tasks), configuration="own.yaml") as client:
        if not params:
            client.initialize()
        schemas = {tool["name"]: tool for tool in client.ask("tools/list", params)["result"]["tools"]}
        waiting = calls()
        # The others are about the task that the first one writes and the last one takes away.
        others = [name for name in waiting if name not in ("create_task", "delete_task")]
        failed = executed(client, "broken", {}, params)
        made = client.call("create_job", {"task": "total", "input": {"items": []}}, **params)
        job, done = made["structuredContent"]["job"]["id"], ""
        for name in ("create_task", *others, "delete_task"):
            identity = job if name.endswith("_job") else failed if name == "analyze_error" else done
            call = json.loads(json.dumps(waiting[name]).replace(SOME_ID, identity))
            assert problems_of(schemas[name]["inputSchema"], call["arguments"]) == [], name
            result = client.call(call["name"], call["arguments"], **params)
            if name == "create_task":
                done = executed(client, "double", {"value": 2}, params)
            assert not result.get("isError"), f"{name}: {result['structuredContent']}"
            assert problems_of(schemas[name]["outputSchema"], result["structuredContent"]) == [], name


def executed(client: RawClient, task: str, value: Any, params: dict[str, Any]) -> str:
    """Run a task and return the id of the execution."""
    result = client.call("execute_task", {"task": task, "input": value}, **params)
    identity: str = result["structuredContent"]["execution_id"]
    return identity


def problems_of(schema: Any, value: Any) -> list[Any]:
    """Return how a value does not fit a schema."""
    return list(check_value(compile_schema(schema), value))
