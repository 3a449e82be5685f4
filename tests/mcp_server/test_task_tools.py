"""Tasks as tools of their own, over real stdio in both eras."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from ratchet.cli import main
from ratchet.mcp_server.exposure import MOST_IN_AUTO
from ratchet.mcp_server.tools import TOOLS
from tests.mcp_server.raw_client import MODERN, PATIENCE_SECONDS, RawClient, start_server
from tests.mcp_server.tested_tasks import CASE, NUMBER, write_task

ERAS: dict[str, dict[str, Any]] = {"2025-11-25": {}, "2026-07-28": {"_meta": MODERN}}
ANY = {"type": "object"}
ONE = {"name": "one", "input": {}, "expected_output": 1}


def say(value: str) -> str:
    """Return a source whose output is always the same."""
    return f"export default () => ({value});\n"


def list_tools(client: RawClient, era: dict[str, Any], *expected: str) -> dict[str, Any]:
    """Return the tools that are tasks, by name, as soon as the expected ones are among them."""
    if not era and not client.initialized:
        client.initialize()
    ends = time.monotonic() + PATIENCE_SECONDS
    while not {*expected} <= (tools := list_tools_now(client, era)).keys():
        # The cases of all take longer than the first list waits for them.
        assert time.monotonic() < ends
    return tools


def told(result: Any) -> Any:
    """Return what a result says as text."""
    return json.loads(result["content"][0]["text"])


def list_tools_now(client: RawClient, era: dict[str, Any]) -> dict[str, Any]:
    """Return the tools that are tasks, of all pages."""
    tools: dict[str, Any] = {}
    cursor: dict[str, Any] = {}
    while True:
        page = client.ask("tools/list", {**era, **cursor})["result"]
        tools |= {tool["name"]: tool for tool in page["tools"]}
        if page.get("nextCursor") is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    return {name: tool for name, tool in tools.items() if name not in {tool.name for tool in TOOLS}}


@pytest.fixture(params=ERAS.values(), ids=list(ERAS))
def era(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what each request says in an era."""
    era: dict[str, Any] = request.param
    return era


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tasks"


def test_a_task_is_a_tool_with_its_own_schemas(folder: Path, era: dict[str, Any]) -> None:
    write_task(folder, label="Double a number", description="Doubles a number")
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        tool = list_tools(client, era, "double")["double"]
        digest = tool["_meta"].pop("ratchet/digest")
        assert digest.startswith("sha256:")
        assert tool == snapshot(
            {
                "_meta": {"ratchet/task": "tasks/double@1.0.0"},
                "annotations": {
                    "destructiveHint": False,
                    "idempotentHint": True,
                    "openWorldHint": False,
                    "readOnlyHint": True,
                    "title": "Double a number",
                },
                "description": 'Doubles a number\n\nExample: {"value": 2}',
                "inputSchema": {
                    "properties": {"value": {"type": "number"}},
                    "required": ["value"],
                    "type": "object",
                },
                "name": "double",
                "outputSchema": {
                    "properties": {"value": {"type": "number"}},
                    "required": ["value"],
                    "type": "object",
                },
                "title": "Double a number",
            }
        )
        result = client.call("double", {"value": 4}, **era)
        assert result["structuredContent"] == {"value": 8}
        assert result["content"] == [{"type": "text", "text": '{"value": 8}'}]
        described = client.call("describe_task", {"task": "double"}, **era)["structuredContent"]
        assert (described["tool"], described["draft"], described["digest"]) == ("double", False, digest)
        executed = client.call("execute_task", {"task": "double", "input": {"value": 1}}, **era)["structuredContent"]
        assert (executed["draft"], executed["draft_because"], executed["next"]) == (False, [], None)


def test_an_input_that_does_not_fit_and_a_task_that_fails_are_errors(folder: Path, era: dict[str, Any]) -> None:
    throws = "export default ({ value }) => { if (value > 9) throw new Error('too much'); return { value }; };\n"
    write_task(folder, source=throws, cases=[{**CASE, "expected_output": {"value": 2}}])
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        list_tools(client, era, "double")
        misfit = client.call("double", {"value": "x"}, **era)
        assert misfit["isError"] is True
        # Clients that hold failures to the output schema too get no structure that does not fit.
        assert misfit.get("structuredContent") is None
        (problem,) = told(misfit)["error"]["problems"]
        assert (problem["pointer"], problem["message"]) == ("/value", 'Expected a number, got the string `"x"`')
        failed = client.call("double", {"value": 10}, **era)
        assert failed["isError"] is True
        assert told(failed)["error"]["message"] == "too much"
        identity = told(failed)["execution_id"]
        assert told(failed)["next"] == f'analyze_error {{"execution_id": "{identity}"}}'


@pytest.mark.parametrize(
    ("schema", "value", "result_schema"),
    [
        (None, "1", {}),
        (True, "1", {}),
        ({"type": "number"}, "1", {"type": "number"}),
        ({"type": ["object", "null"]}, "null", {"type": ["object", "null"]}),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": {"$ref": "#"}},
            "[[], [[]]]",
            {"type": "array", "items": {"$ref": "#/properties/result"}},
        ),
        (
            {"$id": "https://example.org/x", "$ref": "#/$defs/x", "$defs": {"x": {"const": "x"}}},
            '"x"',
            {"$ref": "#/properties/result/$defs/x", "$defs": {"x": {"const": "x"}}},
        ),
    ],
    ids=["none", "true", "number", "object or null", "recursive", "with definitions"],
)
def test_an_output_that_is_no_object_stands_in_one(
    folder: Path, era: dict[str, Any], schema: Any, value: str, result_schema: Any
) -> None:
    write_task(
        folder, source=say(value), input_schema=ANY, output_schema=schema,
        cases=[{"name": "same", "input": {}, "expected_output": json.loads(value)}],
    )  # fmt: skip
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        output = list_tools(client, era, "double")["double"]["outputSchema"]
        assert output["type"] == "object"
        assert output["required"] == ["result"]
        assert output["properties"]["result"] == result_schema
        assert output.get("$schema") == (schema.get("$schema") if isinstance(schema, dict) else None)
        assert client.call("double", {}, **era)["structuredContent"] == {"result": json.loads(value)}


def test_odd_tasks_are_left_out_with_a_reason_and_take_no_other_with_them(folder: Path, era: dict[str, Any]) -> None:
    write_task(folder)
    write_task(folder, "array", input_schema={"type": "array"})
    write_task(folder, "untyped", input_schema={"properties": {"value": {}}})
    write_task(folder, "either", input_schema={**ANY, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]})
    write_task(folder, "unschemed", input_schema=None)
    write_task(folder, "keys", input_schema={**ANY, "properties": {"a key": {}}})
    write_task(folder, "large", input_schema={**ANY, "description": "x" * 3_000_000})
    write_task(folder, "silent", description="")
    write_task(folder, "far", output_schema={"$ref": "number.json"}).joinpath("number.json").write_text("{}")
    write_task(folder, "n" * 49)
    write_task(folder, "9-lives")
    halves = write_task(folder, "halves") / "output.schema.json"
    halves.write_text('{"type": "object", "description": "\\ud800"}')
    write_task(folder, "big", label="\ud83d", input_schema={**NUMBER, "maxProperties": 2**200})
    write_task(folder, "booleans", input_schema={**ANY, "properties": {"value": True}})
    write_task(folder, "unloadable").joinpath("metadata.json").write_text("{")
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        assert list(list_tools(client, era, "big", "booleans", "double")) == ["big", "booleans", "double"]
        rows = client.call("list_tasks", {}, **era)["structuredContent"]["tasks"]
        assert {row["name"]: row["no_tool_because"] for row in rows if row["tool"] is None} == snapshot(
            {
                "9-lives": ["`9-lives` cannot be the name of a tool"],
                "array": ["The root of the input schema does not have the type `object`"],
                "either": ["The root of the input schema has `oneOf`"],
                "halves": ["The output schema has half a character"],
                "far": ["The reference `number.json` leads to nothing in this schema"],
                "keys": ["The property `a key` is not a key that clients take"],
                "large": ["The input schema takes 3,000,037 bytes"],
                "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn": [
                    "`nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn` cannot be the name of a tool"
                ],
                "silent": ["There is no description"],
                "unschemed": ["There is no input schema"],
                "untyped": ["The root of the input schema does not have the type `object`"],
            }
        )
        described = client.call("describe_task", {"task": "array"}, **era)["structuredContent"]
        assert (described["tool"], described["no_tool_because"]) == snapshot(
            (None, ["The root of the input schema does not have the type `object`"])
        )


def test_above_thirty_tasks_none_is_a_tool_unless_they_are_chosen(folder: Path) -> None:
    for number in range(MOST_IN_AUTO + 1):
        write_task(folder, f"task-{number:02}", tags=["even"] if number % 2 == 0 else [])

    def names(*options: str, expected: Sequence[str] = (), because: str | None = None) -> list[str]:
        with start_server(folder.parent, "--tasks", str(folder), *options) as client:
            listed = list(list_tools(client, {}, *expected))
            (row,) = client.call("list_tasks", {"limit": 1, "query": "task-01"})["structuredContent"]["tasks"]
            assert because is None or row["no_tool_because"] == [because]
        return listed

    every = [f"task-{number:02}" for number in range(MOST_IN_AUTO + 1)]
    assert names(because="There are 31 tasks, and above 30 none is a tool") == []
    assert names("--expose", "core", because="No task is a tool here") == []
    not_chosen = "It is not among the tasks that were chosen as tools"
    patterns = ("--include", "task-0*", "--include", "tasks/task-1*", "--exclude", "*[1-9]")
    chosen = ["task-00", "task-10"]
    assert names(*patterns, expected=chosen, because=not_chosen) == chosen
    assert names("--tag", "even", "--tag", "odd", expected=every[::2], because=not_chosen) == every[::2]
    assert names("--expose", "tasks", expected=every) == every


def test_names_that_several_want_are_given_in_the_order_of_the_sources(tmp_path: Path) -> None:
    other: Any = {"source": say("1"), "input_schema": ANY, "output_schema": None, "cases": [ONE]}
    for folder in ("first", "second"):
        write_task(tmp_path / folder, "double", **({} if folder == "first" else other))
        write_task(tmp_path / folder, "list_tasks", **other)
    write_task(tmp_path / "first", "second_double")
    with start_server(tmp_path, "--tasks", "first", "--tasks", "second") as client:
        tools = list_tools(client, {}, "double", "first_list_tasks", "second_list_tasks")
        assert {name: tool["_meta"]["ratchet/task"] for name, tool in tools.items()} == snapshot(
            {
                "double": "first/double@1.0.0",
                "first_list_tasks": "first/list_tasks@1.0.0",
                "second_double": "first/second_double@1.0.0",
                "second_list_tasks": "second/list_tasks@1.0.0",
            }
        )
        assert client.call("double", {"value": 1})["structuredContent"] == {"value": 2}
        rows = client.call("list_tasks", {"query": "second/double"})["structuredContent"]["tasks"]
        assert [row["no_tool_because"] for row in rows] == [["Other tools have its name"]]


@pytest.mark.parametrize(
    ("permissions", "annotations", "expected"),
    [
        ({"net": []}, {}, "read idempotent"),
        ({"net": []}, {"read_only": False}, ""),
        ({"net": ["example.org"], "methods": ["GET"]}, {}, "read idempotent world"),
        ({"net": ["example.org"], "methods": ["GET", "POST"]}, {"idempotent": True}, "idempotent world"),
        ({"net": ["example.org"], "methods": ["DELETE"]}, {}, "destroys world"),
        ({"net": ["example.org"], "methods": ["DELETE"]}, {"destructive": False, "read_only": True}, "world"),
        ({"net": ["example.org"], "methods": ["POST"]}, {"destructive": True}, "destroys world"),
        ({"net": ["example.org"]}, {"read_only": True, "open_world": False}, "world"),
        ({}, {}, "world"),
        ({"net": [], "tasks": ["sends"]}, {}, "destroys world"),
    ],
)
def test_annotations_say_what_the_permissions_make_possible(
    folder: Path, permissions: Any, annotations: Any, expected: str
) -> None:
    same = [{**CASE, "expected_output": CASE["input"]}]
    send = {"net": ["example.org"], "methods": ["PUT"]}
    write_task(folder, "sends", source="export default (input) => input;\n", cases=same, permissions=send)
    write_task(folder, "of", permissions=permissions, annotations=annotations)
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        hints = list_tools(client, {}, "of")["of"]["annotations"]
    words = {
        "readOnlyHint": "read",
        "destructiveHint": "destroys",
        "idempotentHint": "idempotent",
        "openWorldHint": "world",
    }
    assert " ".join(word for hint, word in words.items() if hints[hint]) == expected


def test_a_large_list_comes_page_by_page(folder: Path, era: dict[str, Any]) -> None:
    for number in range(12):
        write_task(folder, f"large-{number:02}", input_schema={**NUMBER, "description": "x" * 60_000})
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        list_tools(client, era, "large-11")
        first = client.ask("tools/list", era)["result"]
        assert len(first["tools"]) < len(TOOLS) + 12
        assert [tool["name"] for tool in first["tools"][: len(TOOLS)]] == [tool.name for tool in TOOLS]
        every = [f"large-{number:02}" for number in range(12)]
        assert list(list_tools(client, era, *every)) == every
        refused = client.ask("tools/list", {**era, "cursor": "nothing"})
        assert refused["error"]["code"] == -32602


def test_a_large_output_is_shortened_whatever_the_arguments_are_called(folder: Path, era: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"max_tokens": {"type": "integer"}}}
    source = "export default ({ max_tokens }) => ({ list: Array.from({ length: max_tokens }, (_, index) => index) });\n"
    case = {"name": "three", "input": {"max_tokens": 3}, "expected_output": {"list": [0, 1, 2]}}
    write_task(folder, source=source, input_schema=schema, output_schema=ANY, cases=[case])
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        list_tools(client, era, "double")
        assert len(client.call("double", {"max_tokens": 1000}, **era)["structuredContent"]["list"]) == 1000
        large = client.call("double", {"max_tokens": 100_000}, **era)
        assert len(large["structuredContent"]["list"]) < 50_000
        assert [content["type"] for content in large["content"]] == ["text", "text", "resource_link"]


@pytest.mark.parametrize(
    ("options", "stderr"),
    [
        (
            ["--expose", "core", "--tag", "x"],
            "Error: `--tag` chooses tasks to be tools, and with `--expose core` none is\n"
            "Hint: `ratchet mcp --help` lists what it takes\n",
        ),
        (
            ["--expose", "cores"],
            "Error: `--expose cores` is none of tasks, core, auto\nHint: Did you mean `--expose core`?\n",
        ),
    ],
)
def test_a_choice_that_would_do_nothing_is_refused(
    options: list[str], stderr: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["mcp", *options]) == 2
    assert capfd.readouterr() == ("", stderr)


def test_a_configuration_that_lies_about_cannot_open_the_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ratchet.yaml").write_text("mcp:\n  publish: all\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["mcp"]) == 3
    assert "`mcp.publish` may not stand in a file that is not trusted" in capfd.readouterr().err


def test_no_verdict_is_kept_where_tasks_are_written(folder: Path) -> None:
    write_task(folder)
    config = folder.parent / "own.yaml"
    for cache, kept in ((folder / "cache", False), (folder.parent / "tasks-cache", True)):
        config.write_text(f"cache: {{folder: {cache}}}\n")
        with start_server(folder.parent, "--config", str(config), "--tasks", str(folder)) as client:
            list_tools(client, {}, "double")
        assert (cache / "tested").exists() is kept
