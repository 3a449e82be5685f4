"""Tasks that nobody has saved, checked, tested and debugged over MCP; and saved ones debugged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.mcp_server.calling import call
from tests.mcp_server.raw_client import RawClient, start_server

RATE = "export default async () => {\n  const { rate } = await (await fetch('https://shop.test/rate')).json();\n"
SOURCE = RATE + "  console.log(`rate ${rate}`);\n  return rate * 2;\n};\n"
MOCK = {"http": [{"url": "https://shop.test/rate", "response": {"rate": 2}}]}


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[RawClient]:
    with start_server(folder.parent, "--tasks", str(folder), "--read-only") as client:
        client.initialize()
        before = sorted(folder.rglob("*"))
        yield client
        assert sorted(folder.rglob("*")) == before


def test_the_cases_of_a_draft_are_run(client: RawClient) -> None:
    cases = [
        {"name": "doubles", "mock": MOCK, "expected_output": 4},
        {"name": "too much", "mock": MOCK, "expected_output": 5},
    ]
    tested = call(client, "run_task_tests", source=SOURCE, cases=cases)
    assert (tested["task"], tested["passed"], tested["failed"]) == ("draft@0.1.0", 1, 1)
    assert tested["cases"][1]["reasons"][0]["message"] == "The output differs: expected `5`, got `4`"
    assert call(client, "run_task_tests", source=SOURCE, cases=cases, filter="doubles")["all_passed"] is True


def test_a_draft_may_have_many_files(client: RawClient) -> None:
    files = {
        "main.ts": "import { twice } from './lib/twice.js';\nexport default (input: number): number => twice(input);\n",
        "lib/twice.js": "export const twice = (value) => value * 2;\n",
        "metadata.yaml": "name: doubled\nversion: 2.0.0\n",
        "tests/two.json": '{"name": "two", "input": 2, "expected_output": 4}',
    }
    assert call(client, "validate_task", files=files)["valid"] is True
    tested = call(client, "run_task_tests", files=files)
    assert (tested["task"], tested["all_passed"], tested["passed"]) == ("doubled@2.0.0", True, 1)
    assert call(client, "debug_task", files=files, input=4)["output"] == 8


@pytest.mark.parametrize("path", ["../main.js", "/main.js", "a//b.js", "a\\b.js", "lib/", "nul", "a:b", "", "x\n"])
def test_a_path_that_no_file_may_have_is_refused(client: RawClient, path: str) -> None:
    for tool in ("validate_task", "run_task_tests", "debug_task"):
        error = call(client, tool, source="1", files={path: ""})["error"]
        assert (error["code"], error["problems"][0]["pointer"]) == ("invalid_input", "/files")


@pytest.mark.parametrize("tool", ["validate_task", "run_task_tests", "debug_task"])
def test_a_task_is_named_or_passed_and_not_both(client: RawClient, tool: str) -> None:
    for arguments in ({}, {"task": "total", "source": "1"}, {"task": "total", "files": {}}):
        assert call(client, tool, **arguments)["error"]["code"] == "invalid_input"


def debug(client: RawClient, **arguments: Any) -> Any:
    return call(client, "debug_task", **arguments)


def test_a_draft_is_debugged_with_mocks(client: RawClient) -> None:
    seen = debug(client, source=SOURCE, case={"mock": MOCK, "expected_output": 5})
    assert (seen["status"], seen["output"], seen["error"], seen["next"]) == ("completed", 4, None, None)
    assert seen["case"] == snapshot(
        {"name": "debugged", "passes": False, "reasons": ["The output differs: expected `5`, got `4`"]}
    )
    assert [(each["url"], each["status"], each["from"]) for each in seen["requests"]] == [
        ("https://shop.test/rate", 200, "mock")
    ]
    assert [line["text"] for line in seen["console"]] == ["rate 2"]
    assert seen["used"]["fetches"] == 1
    assert seen["limits"]["timeout_seconds"] == 30


def test_a_draft_reaches_no_host_and_no_secret_of_its_own(client: RawClient) -> None:
    allowed = {"net": ["shop.test"], "secrets": ["KEY"]}
    seen = debug(client, source=SOURCE, permissions=allowed)
    assert (seen["status"], seen["error"]["what"], seen["next"]) == snapshot(
        (
            "failed",
            "The task threw NetworkError: `shop.test` is not among the hosts that the task declares",
            "debug_task with a `case` whose mocks answer the requests",
        )
    )
    secret = "export default (input, context) => context.secret('KEY');"
    assert "not among the secrets" in debug(client, source=secret, permissions=allowed)["error"]["what"]


def test_a_failure_is_shown_with_its_place_and_the_lines_around(client: RawClient) -> None:
    seen = debug(client, source=SOURCE.replace("rate * 2", "rate.of.it"), case={"mock": MOCK})
    error = seen["error"]
    assert (error["file"], error["line"], error["code"]) == ("draft/main.js", 4, "script_error")
    assert error["source"] == [
        "1: export default async () => {",
        "2:   const { rate } = await (await fetch('https://shop.test/rate')).json();",
        "3:   console.log(`rate ${rate}`);",
        "4:   return rate.of.it;",
        "5: };",
    ]
    assert seen["case"]["passes"] is False


def test_what_is_not_run_says_why(client: RawClient) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "number"}}}
    refused = debug(client, source="export default () => 1;", input_schema=schema, input={"a": "x"})
    assert (refused["status"], refused["error"]["problems"][0]["pointer"]) == ("refused", "/a")
    slip = debug(client, source="export default () => {")
    assert (slip["status"], slip["error"]["file"], slip["error"]["source"]) == (
        "refused",
        "draft/main.js",
        ["1: export default () => {"],
    )
    nothing = debug(client, files={"lib.js": "1"})
    assert (nothing["status"], nothing["problems"][0]["severity"]) == ("refused", "error")


def test_an_output_that_does_not_fit_is_shown_with_its_pointers(client: RawClient) -> None:
    seen = debug(client, source="export default () => ({ a: 1 });", output_schema={"properties": {"a": {"const": 2}}})
    assert [problem["pointer"] for problem in seen["error"]["problems"]] == ["/a"]


def test_a_saved_task_is_debugged(client: RawClient) -> None:
    seen = debug(client, task="total", input={"items": [1, 2]})
    assert (seen["task"], seen["output"], seen["case"]) == ("total@1.0.0", {"total": 3}, None)
    followed = call(client, "get_execution", execution_id=seen["execution_id"])
    assert followed["status"] == "completed"
    assert debug(client, task="total", case="none")["error"]["code"] == "not_found"
    assert debug(client, task="totl")["error"]["hint"] == "Did you mean `total`?"


def test_a_case_that_says_nonsense_is_refused(client: RawClient) -> None:
    error = debug(client, task="total", case={"clock": "noon", "mocks": []})["error"]
    assert (error["code"], len(error["problems"])) == ("invalid_input", 2)


def test_an_endless_draft_is_ended(client: RawClient) -> None:
    seen = debug(client, source="export default () => { for (;;) {} };", timeout_seconds=0.3)
    assert seen["error"]["code"] == "time_limit"


def test_a_source_of_megabytes_is_an_error_and_no_end(client: RawClient) -> None:
    source = "export default () => '" + "x" * 6_000_000 + "';"
    assert debug(client, source=source)["error"]["code"] == "output_limit"
    assert client.call("validate_task", {"source": source})["structuredContent"]["valid"] is True
    deep = "export default () => " + "[" * 100_000
    assert client.call("validate_task", {"source": deep})["structuredContent"]["valid"] is False
    assert call(client, "execute_task", task="loud", input=None)["status"] == "completed"
