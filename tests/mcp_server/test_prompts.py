"""Prompts and completions, over real stdio and in both eras."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from inline_snapshot import snapshot
from mcp.types import PromptReference, ResourceTemplateReference

from ratchet.mcp_server.tools import TOOLS
from tests.mcp_server.raw_client import MODERN, RawClient, start_server
from tests.mcp_server.test_sdk_client import ERAS, connect


def get(client: RawClient, name: str, /, **arguments: str) -> list[Any]:
    """Return what the parts of a prompt hold."""
    answer = client.ask("prompts/get", {"name": name, "arguments": arguments})
    assert "result" in answer, answer
    return [message["content"] for message in answer["result"]["messages"]]


def complete(client: RawClient, ref: Any, name: str, value: str, /, **known: str) -> Any:
    params: dict[str, Any] = {"ref": ref, "argument": {"name": name, "value": value}}
    if known:
        params["context"] = {"arguments": known}
    return client.ask("completion/complete", params)["result"]["completion"]


def test_the_list_says_what_each_prompt_takes(client: RawClient) -> None:
    prompts = client.ask("prompts/list")["result"]["prompts"]
    assert [(each["name"], [argument["name"] for argument in each["arguments"]]) for each in prompts] == snapshot(
        [
            ("write_task", ["goal", "name"]),
            ("debug_task", ["task", "execution_id"]),
            ("task_from_api", ["api", "operation"]),
        ]
    )


def test_to_write_a_task_the_model_gets_the_steps_the_rules_and_the_host_api(client: RawClient) -> None:
    steps, rules, api = get(client, "write_task", goal="Count words", name="count-words")
    assert steps["text"].startswith("Write a Ratchet task: Count words Call it `count-words`.")
    named = {tool.name for tool in TOOLS if f"`{tool.name}`" in steps["text"]}
    assert named == {"list_tasks", "create_task", "run_task_tests", "edit_task", "execute_task", "analyze_error"}
    assert "`context.secret('NAME')`" in rules["text"]
    assert api["resource"]["uri"] == "ratchet://docs/reference/javascript-api"
    assert "## fetch" in api["resource"]["text"]


def test_a_server_that_writes_nothing_names_no_tool_that_does(folder: Path) -> None:
    with start_server(folder.parent, "--tasks", str(folder), "--read-only") as client:
        client.initialize()
        for name, arguments in (("write_task", {"goal": "x"}), ("debug_task", {"task": "total"})):
            text = " ".join(content.get("text", "") for content in get(client, name, **arguments))
            assert "`create_task`" not in text
            assert "`edit_task`" not in text


def test_to_debug_an_execution_the_model_gets_what_was_observed(client: RawClient) -> None:
    failed = client.call("execute_task", {"task": "broken", "input": {}})["structuredContent"]
    steps, facts, task = get(client, "debug_task", execution_id=failed["execution_id"])
    assert "The Ratchet task `tasks/broken`" in steps["text"]
    observed = json.loads(facts["text"].partition("\n\n")[2])
    assert observed["source"][2].startswith("3: ")
    assert observed["execution_id"] == failed["execution_id"]
    assert json.loads(task["resource"]["text"])["entrypoint_source"].startswith("export default (input)")
    assert failed["execution_id"] in get(client, "debug_task", task="broken")[1]["text"]


def test_a_task_that_has_not_failed_begins_with_its_cases(client: RawClient) -> None:
    assert get(client, "debug_task", task="steps")[1]["text"] == snapshot(
        "No execution of it has failed on this server yet: begin with `run_task_tests`."
    )


def test_an_api_becomes_a_task_by_rules_that_name_secrets_and_mocks(client: RawClient) -> None:
    steps, rules, *pages = get(client, "task_from_api", api="GET https://api.example.com/items", operation="list")
    assert "GET https://api.example.com/items\n\nThe operation that is wanted: list" in steps["text"]
    assert "`permissions.net`" in rules["text"]
    assert [page["resource"]["uri"] for page in pages] == snapshot(
        [
            "ratchet://docs/reference/javascript-api",
            "ratchet://docs/concepts/testing",
            "ratchet://docs/concepts/secrets",
        ]
    )


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("write_task", {}, "`write_task` needs `goal`: What the task is to do, in words"),
        ("write_task", {"goal": "x", "when": "now"}, "`write_task` has no argument `when`"),
        ("debug_task", {}, "Either `task` or `execution_id` is needed"),
        ("debug_task", {"task": "nothing"}, "There is no task `nothing` in any source"),
        ("write-task", {}, "There is no prompt `write-task`: did you mean `write_task`?"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(client: RawClient, name: str, arguments: Any, message: str) -> None:
    error = client.ask("prompts/get", {"name": name, "arguments": arguments})["error"]
    assert error["code"] == -32602
    assert error["message"] == message


def test_arguments_of_prompts_are_completed(client: RawClient) -> None:
    ref = {"type": "ref/prompt", "name": "debug_task"}
    assert complete(client, ref, "task", "to")["values"] == ["total", "tasks/total"]
    ran = client.call("execute_task", {"task": "loud", "input": None})["structuredContent"]["execution_id"]
    assert complete(client, ref, "execution_id", ran[:20])["values"] == [ran]
    assert complete(client, ref, "goal", "x")["values"] == []
    assert complete(client, {"type": "ref/prompt", "name": "write_task"}, "goal", "x")["values"] == []


def test_variables_of_templates_are_completed_from_those_before(client: RawClient) -> None:
    ref = {"type": "ref/resource", "uri": "ratchet://tasks/{source}/{name}/files/{+path}"}
    assert complete(client, ref, "source", "")["values"] == ["tasks"]
    assert complete(client, ref, "name", "e", source="tasks")["values"] == ["endless", "broken", "steps"]
    assert complete(client, ref, "name", "", source="other")["values"] == []
    assert complete(client, ref, "path", "m", source="tasks", name="loud")["values"] == snapshot(
        ["main.js", "metadata.json", "input.schema.json", "output.schema.json"]
    )
    pages = {"type": "ref/resource", "uri": "ratchet://docs/{+page}"}
    assert complete(client, pages, "page", "tutor")["values"] == ["tutorial"]
    assert complete(client, {"type": "ref/resource", "uri": "other://{x}"}, "x", "")["values"] == []


def test_a_hundred_values_are_given_and_the_rest_counted(tmp_path: Path) -> None:
    folder = tmp_path / "tasks"
    for number in range(120):
        (folder / f"t{number}").mkdir(parents=True)
        (folder / f"t{number}" / "main.js").write_text("export default () => 1;\n")
        (folder / f"t{number}" / "metadata.json").write_text('{"version": "1.0.0"}')
    with start_server(tmp_path, "--tasks", str(folder)) as client:
        ref = {"type": "ref/resource", "uri": "ratchet://tasks/{source}/{name}"}
        params = {"ref": ref, "argument": {"name": "name", "value": "t"}, "_meta": MODERN}
        found = client.ask("completion/complete", params)["result"]["completion"]
    assert (len(found["values"]), found["total"], found["hasMore"]) == (100, 120, True)


@pytest.mark.parametrize("era", ERAS)
def test_the_client_of_the_library_gets_prompts_and_completions(folder: Path, era: Any) -> None:
    async def run() -> None:
        async with connect(folder, era) as client:
            assert len((await client.list_prompts()).prompts) == 3
            prompt = await client.get_prompt("write_task", {"goal": "Count words"})
            assert len(prompt.messages) == 3
            ref = PromptReference(name="debug_task")
            assert (await client.complete(ref, {"name": "task", "value": "tot"})).completion.values[0] == "total"
            template = ResourceTemplateReference(uri="ratchet://docs/{+page}")
            assert (await client.complete(template, {"name": "page", "value": "arch"})).completion.values == [
                "architecture"
            ]

    anyio.run(run)
