"""The tools, called over real stdio."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from ratchet.mcp_server.tools import ALL, TOOLS
from ratchet.task.schema import check_value, compile_schema
from tests.mcp_server.calling import call
from tests.mcp_server.raw_client import RawClient, start_server


def test_every_tool_says_all_that_clients_ask_for(client: RawClient) -> None:
    tools = client.ask("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools] == [tool.name for tool in TOOLS]
    for tool in tools:
        assert re.fullmatch("[a-zA-Z][a-zA-Z0-9_-]{0,47}", tool["name"])
        assert tool["title"]
        assert "\n\nExample: {" in tool["description"]
        assert tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object"
        assert not {"oneOf", "anyOf", "allOf"} & set(tool["inputSchema"])
        assert {"readOnlyHint", "destructiveHint", "openWorldHint"} <= set(tool["annotations"])


@pytest.mark.parametrize("tool", ALL, ids=lambda tool: tool.name)
def test_every_example_fits_its_schema(tool: Any) -> None:
    assert check_value(compile_schema(tool.input), tool.example) == []


def types_in(schema: Any) -> Iterator[Any]:
    """Yield what a schema says about types, at any depth."""
    if isinstance(schema, list):
        for each in schema:
            yield from types_in(each)
    elif isinstance(schema, dict):
        if isinstance(schema.get("type"), list):
            yield schema["type"]
        for each in schema.values():
            yield from types_in(each)


@pytest.mark.parametrize("tool", ALL, ids=lambda tool: tool.name)
def test_every_schema_names_one_type_at_a_time(tool: Any) -> None:
    assert [*types_in(tool.input), *types_in(tool.whole_output)] == []


def test_tasks_are_found_by_words(client: RawClient) -> None:
    assert call(client, "list_tasks", query="TASK total") == snapshot(
        {
            "tasks": [
                {
                    "task": "tasks/total@1.0.0",
                    "name": "total",
                    "source": "tasks",
                    "version": "1.0.0",
                    "description": "The task total",
                    "tool": None,
                    "no_tool_because": ["It has no case"],
                }
            ],
            "total": 1,
            "next_offset": None,
            "left_out": [],
            "unusable_sources": [],
        }
    )


def test_tasks_are_listed_page_by_page(client: RawClient) -> None:
    names, offset = [], 0
    while offset is not None:
        page = call(client, "list_tasks", limit=2, offset=offset, schemas=True)
        names += [task["name"] for task in page["tasks"]]
        offset = page["next_offset"]
    assert names == ["broken", "endless", "loud", "steps", "total"]
    brief = call(client, "list_tasks", detail="names", query="total")
    assert brief["tasks"] == [{"task": "tasks/total@1.0.0"}]


def test_a_broken_task_is_left_out_and_hides_no_other(tmp_path: Path, tasks: Path) -> None:
    (tasks / "loud" / "metadata.json").write_text("{")
    with start_server(tmp_path, "--tasks", str(tasks)) as client:
        client.initialize()
        listed = call(client, "list_tasks")
    assert listed["total"] == 4
    assert [problem["file"] for problem in listed["left_out"]] == [str(tasks / "loud" / "metadata.json")]


def test_a_task_is_described(client: RawClient) -> None:
    described = call(client, "describe_task", task="total")
    assert described["input_schema"]["required"] == ["items"]
    assert described["entrypoint_source"].startswith("export default ({ items })")
    assert (described["cases"], described["example"]) == ([], None)


def test_an_edit_is_seen_at_the_next_call(client: RawClient, folder: Path) -> None:
    before = call(client, "execute_task", task="loud", input=None)
    (folder / "loud" / "main.js").write_text("export default () => 'edited';\n")
    assert (before["output"], call(client, "execute_task", task="loud", input=None)["output"]) == (None, "edited")


def test_a_task_that_is_not_there_is_an_error_with_the_nearest(client: RawClient) -> None:
    assert client.call("execute_task", {"task": "totl", "input": {}}) == snapshot(
        {
            "content": [
                {
                    "text": """\
{"error": {"code": "not_found", "message": "There is no task `totl` in any source", "file": null, "line": null, \
"column": null, "hint": "Did you mean `total`?", "problems": []}}\
""",
                    "type": "text",
                }
            ],
            "isError": True,
            "structuredContent": {
                "error": {
                    "code": "not_found",
                    "message": "There is no task `totl` in any source",
                    "file": None,
                    "line": None,
                    "column": None,
                    "hint": "Did you mean `total`?",
                    "problems": [],
                }
            },
        }
    )


def test_arguments_that_do_not_fit_are_an_error_with_pointers_and_an_example(client: RawClient) -> None:
    error = call(client, "execute_task", task=5)["error"]
    assert error["code"] == "invalid_input"
    assert {problem["pointer"] for problem in error["problems"]} == {"/task", ""}
    assert error["hint"].startswith('Call it like this: {"task": "total"')


def test_an_input_that_does_not_fit_is_an_error_with_its_pointer(client: RawClient) -> None:
    error = call(client, "execute_task", task="total", input={"items": ["x"]})["error"]
    assert [(each["pointer"], each["message"]) for each in error["problems"]] == snapshot(
        [("/items/0", 'Expected a number, got the string `"x"`')]
    )


def test_an_unknown_tool_is_a_protocol_error(client: RawClient) -> None:
    answer = client.ask("tools/call", {"name": "run_task", "arguments": {}})
    assert answer["error"]["code"] == -32602


def test_a_failure_is_explained_with_its_place_and_source(client: RawClient, folder: Path) -> None:
    failed = call(client, "execute_task", task="broken", input={})
    assert failed["status"] == "failed"
    assert failed["next"] == f'analyze_error {{"execution_id": "{failed["execution_id"]}"}}'
    analysis = call(client, "analyze_error", execution_id=failed["execution_id"])
    assert analysis["file"] == f"{folder}/broken/main.js"
    assert (analysis["code"], analysis["line"]) == ("script_error", 3)
    assert analysis["source"] == snapshot(
        [
            "1: export default (input) => {",
            "2:   const order = input.order;",
            "3:   return order.items.length;",
            "4: };",
        ]
    )


def test_an_execution_that_takes_longer_is_followed_by_its_id_and_cancelled(client: RawClient) -> None:
    running = call(client, "execute_task", task="endless", input=None, wait_seconds=0)
    identity = running["execution_id"]
    assert running["status"] in ("pending", "running")
    assert call(client, "get_execution", execution_id=identity)["output"] is None
    assert call(client, "cancel_execution", execution_id=identity)["status"] == "cancelled"
    assert call(client, "get_execution", execution_id=identity, wait_seconds=5)["error"]["code"] == "cancelled"
    listed = call(client, "list_executions", status="cancelled", task="endless")["executions"]
    assert [execution["execution_id"] for execution in listed] == [identity]


def test_a_timeout_of_the_call_ends_the_task(client: RawClient) -> None:
    failed = call(client, "execute_task", task="endless", input=None, timeout_seconds=3)
    assert failed["error"]["code"] == "time_limit"


def test_a_task_is_checked_whether_saved_or_not(client: RawClient) -> None:
    assert call(client, "validate_task", task="total") == {"valid": True, "problems": []}
    report = call(client, "validate_task", source="export default (input) => {", input_schema={"type": "strin"})
    assert report["valid"] is False
    assert {problem["file"] for problem in report["problems"]} == {"draft/main.js", "draft/input.schema.json"}


def test_a_check_of_nothing_is_refused(client: RawClient) -> None:
    assert call(client, "validate_task")["error"]["message"] == "Either `task` or `source` is needed, not both"


def test_a_failure_fits_the_output_schema_too(tasks: Path) -> None:
    # Clients of the first TypeScript SDK throw away what does not, and show an error of their own.
    with start_server(tasks, "--tasks", str(tasks)) as client:
        client.initialize()
        for tool in client.ask("tools/list")["result"]["tools"]:
            result = client.call(tool["name"], {"nobody": "knows", "task": "nowhere", "execution_id": "none"})
            assert result["isError"], tool["name"]
            assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
            assert check_value(compile_schema(tool["outputSchema"]), result["structuredContent"]) == [], tool["name"]
            assert check_value(compile_schema(tool["outputSchema"]), {}) != [], tool["name"]
