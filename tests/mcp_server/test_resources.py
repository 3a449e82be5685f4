"""Resources over real stdio: listed page by page, found by names that are never paths."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from ratchet.mcp_server.uris import Uri, parse_uri
from tests.mcp_server.conftest import write_task, write_tasks
from tests.mcp_server.raw_client import MODERN, ROOT, RawClient, start_server
from tests.mcp_server.test_sdk_client import ERAS, connect


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("resources")
    write_tasks(root / "tasks")
    total = root / "tasks" / "total"
    (total / "README.md").write_text("# Total\n")
    (total / "lib").mkdir()
    (total / "lib" / "a b.js").write_text("export const one = 1;\n")
    (total / "tests").mkdir()
    (total / "tests" / "one.json").write_text('{"name": "one", "input": {"items": [1]}}')
    (total / "logo.png").write_bytes(b"\x89PNG\r\n\x00\xff")
    (root / "secret.txt").write_text("not to be read")
    return root


@pytest.fixture(scope="module")
def client(served: Path) -> Iterator[RawClient]:
    with start_server(served, "--tasks", str(served / "tasks")) as client:
        client.initialize()
        yield client


def read(client: RawClient, uri: str) -> Any:
    """Return the one content of a resource."""
    [content] = client.ask("resources/read", {"uri": uri})["result"]["contents"]
    assert content["uri"] == uri
    return content


def test_a_task_is_there_with_its_files_schemas_and_readme(client: RawClient) -> None:
    listed = client.ask("resources/list")["result"]["resources"]
    mine = {each["uri"]: each["mimeType"] for each in listed if "total" in each["uri"]}
    assert mine == snapshot(
        {
            "ratchet://tasks/tasks/total@1.0.0": "application/json",
            "ratchet://tasks/tasks/total@1.0.0/files/main.js": "text/javascript",
            "ratchet://tasks/tasks/total@1.0.0/input-schema": "application/json",
            "ratchet://tasks/tasks/total@1.0.0/output-schema": "application/json",
            "ratchet://tasks/tasks/total@1.0.0/readme": "text/markdown",
        }
    )
    for uri, mime_type in mine.items():
        assert read(client, uri)["mimeType"] == mime_type
    document = json.loads(read(client, "ratchet://tasks/tasks/total")["text"])
    assert document["resources"] == snapshot(
        {
            "files": [
                "ratchet://tasks/tasks/total@1.0.0/files/README.md",
                "ratchet://tasks/tasks/total@1.0.0/files/input.schema.json",
                "ratchet://tasks/tasks/total@1.0.0/files/lib/a%20b.js",
                "ratchet://tasks/tasks/total@1.0.0/files/logo.png",
                "ratchet://tasks/tasks/total@1.0.0/files/main.js",
                "ratchet://tasks/tasks/total@1.0.0/files/metadata.json",
                "ratchet://tasks/tasks/total@1.0.0/files/output.schema.json",
                "ratchet://tasks/tasks/total@1.0.0/files/tests/one.json",
            ],
            "schemas": [
                "ratchet://tasks/tasks/total@1.0.0/input-schema",
                "ratchet://tasks/tasks/total@1.0.0/output-schema",
            ],
            "readme": "ratchet://tasks/tasks/total@1.0.0/readme",
        }
    )


def test_every_file_of_a_task_is_read_as_what_it_is(client: RawClient) -> None:
    assert read(client, "ratchet://tasks/tasks/total/files/lib/a%20b.js")["text"] == "export const one = 1;\n"
    assert read(client, "ratchet://tasks/tasks/total/files/lib%2Fa%20b.js")["text"] == "export const one = 1;\n"
    logo = read(client, "ratchet://tasks/tasks/total/files/logo.png")
    assert logo["mimeType"] == "application/octet-stream"
    assert base64.b64decode(logo["blob"]) == b"\x89PNG\r\n\x00\xff"


@pytest.mark.parametrize(
    "uri",
    [
        "ratchet://tasks/tasks/total/files/../../../secret.txt",
        "ratchet://tasks/tasks/total/files/..%2F..%2F..%2Fsecret.txt",
        "ratchet://tasks/tasks/total/files/%2Fetc%2Fpasswd",
        "ratchet://tasks/tasks/total/files//etc/passwd",
        "ratchet://tasks/tasks/..%2F..%2Fsecret.txt",
        "ratchet://tasks/tasks/../secret.txt",
        "ratchet://docs/../../pyproject",
        "ratchet://docs/..%2F..%2FREADME",
        "ratchet://docs/%00",
        "ratchet://docs//tutorial",
        "ratchet://tasks/tasks/total/files/",
        "ratchet://tasks",
        "ratchet://etc/passwd",
        "file:///etc/passwd",
        "ratchet://docs/tutorial#top",
        "ratchet://[/tutorial",
        "ratchet://docs/" + "a" * 5000,
    ],
)
def test_an_address_is_a_name_and_never_a_path(client: RawClient, uri: str) -> None:
    error = client.ask("resources/read", {"uri": uri})["error"]
    assert (error["code"], error["data"]) == (-32002, {"uri": uri})


def test_the_newer_era_has_another_code_for_what_is_not_there(served: Path) -> None:
    with start_server(served, "--tasks", str(served / "tasks")) as client:
        error = client.ask("resources/read", {"uri": "ratchet://docs/nothing", "_meta": MODERN})["error"]
    assert error == {
        "code": -32602,
        "message": "There is no page `nothing`",
        "data": {"uri": "ratchet://docs/nothing"},
    }


def test_an_execution_has_its_document_output_and_console(client: RawClient) -> None:
    ran = client.call("execute_task", {"task": "loud", "input": None})["structuredContent"]
    uri = f"ratchet://executions/{ran['execution_id']}"
    assert json.loads(read(client, uri)["text"])["console"][0]["text"] == "a line"
    assert read(client, f"{uri}/output")["text"] == "null"
    assert read(client, f"{uri}/log")["text"].endswith(" ms log: a line\n")
    assert uri in [each["uri"] for each in client.ask("resources/list")["result"]["resources"]]


def test_a_failed_execution_has_no_output_to_read(client: RawClient) -> None:
    ran = client.call("execute_task", {"task": "broken", "input": {}})["structuredContent"]
    uri = f"ratchet://executions/{ran['execution_id']}/output"
    error = client.ask("resources/read", {"uri": uri})["error"]
    assert error["message"] == "The execution is failed: it has no output"


def test_a_recording_has_the_files_that_a_replay_needs(client: RawClient) -> None:
    ran = client.call("execute_task", {"task": "total", "input": {"items": [2]}})["structuredContent"]
    uri = f"ratchet://recordings/{ran['execution_id']}"
    files = json.loads(read(client, uri)["text"])["files"]
    assert {f"{uri}/session.json", f"{uri}/input.json", f"{uri}/task/main.js"} <= set(files)
    assert json.loads(read(client, f"{uri}/output.json")["text"]) == {"total": 2}
    assert read(client, f"{uri}/task/main.js")["mimeType"] == "text/javascript"
    assert uri in [each["uri"] for each in client.ask("resources/list")["result"]["resources"]]
    error = client.ask("resources/read", {"uri": f"{uri}/task/../../secret.txt"})["error"]
    assert error["message"] == "The recording has no file `task/../../secret.txt`"


def test_the_types_of_all_tasks_are_there(client: RawClient) -> None:
    content = read(client, "ratchet://types/tasks.d.ts")
    assert content["mimeType"] == "text/typescript"
    assert "  total(input: {" in content["text"]


def test_the_list_comes_in_pages(tmp_path: Path) -> None:
    for number in range(60):
        write_task(tmp_path / "tasks", f"task-{number}", "export default () => 1;\n")
    with start_server(tmp_path, "--tasks", str(tmp_path / "tasks")) as client:
        client.initialize()
        uris, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            result = client.ask("resources/list", {"cursor": cursor} if cursor else {})["result"]
            uris += [each["uri"] for each in result["resources"]]
            cursor, pages = result.get("nextCursor"), pages + 1
        assert pages == 3
        assert len(uris) == len(set(uris)) > 240
        assert client.ask("resources/list", {"cursor": "MQ"})["error"]["code"] == -32602


def test_the_templates_say_what_can_be_asked_for(client: RawClient) -> None:
    templates = client.ask("resources/templates/list")["result"]["resourceTemplates"]
    assert [template["uriTemplate"] for template in templates] == snapshot(
        [
            "ratchet://tasks/{source}/{name}",
            "ratchet://tasks/{source}/{name}/files/{+path}",
            "ratchet://tasks/{source}/{name}/input-schema",
            "ratchet://tasks/{source}/{name}/output-schema",
            "ratchet://tasks/{source}/{name}/readme",
            "ratchet://executions/{execution_id}",
            "ratchet://executions/{execution_id}/output",
            "ratchet://executions/{execution_id}/log",
            "ratchet://recordings/{execution_id}",
            "ratchet://recordings/{execution_id}/{+file}",
            "ratchet://docs/{+page}",
        ]
    )


@pytest.mark.parametrize("era", ERAS)
def test_the_client_of_the_library_reads_the_documentation(served: Path, era: Any) -> None:
    async def run() -> None:
        async with connect(served / "tasks", era) as client:
            listed = await client.list_resources()
            pages = [resource for resource in listed.resources if resource.uri.startswith("ratchet://docs/")]
            assert {"ratchet://docs/tutorial", "ratchet://docs/concepts/tasks"} <= {page.uri for page in pages}
            page = await client.read_resource("ratchet://docs/concepts/tasks")
            [content] = page.contents
            assert getattr(content, "text", "") == (ROOT / "docs" / "concepts" / "tasks.md").read_text()

    anyio.run(run)


def test_a_long_page_is_read_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text("mcp:\n  inline_bytes: 10000\n")
    text, uri = "", "ratchet://docs/reference/cli"
    with start_server(tmp_path, configuration="small.yaml") as client:
        client.initialize()
        while True:
            page, words = client.ask("resources/read", {"uri": uri})["result"]["contents"]
            text += page["text"]
            if "next page" not in words["text"]:
                break
            assert page["text"].endswith("\n")
            uri = words["uri"]
    assert text == (ROOT / "docs" / "reference" / "cli.md").read_text()


def test_a_built_wheel_holds_the_documentation(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    pages = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "resources/read"})
    request = {**json.loads(pages), "params": {"uri": "ratchet://docs/tutorial", "_meta": MODERN}}
    answer = subprocess.run(
        [sys.executable, "-m", "ratchet", "mcp"],
        input=json.dumps(request) + "\n",
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    [content] = json.loads(answer.stdout)["result"]["contents"]
    assert content["text"] == (ROOT / "docs" / "tutorial.md").read_text()


@given(
    steps=st.lists(st.text(min_size=1), min_size=1, max_size=5),
    pointer=st.text(max_size=20),
    offset=st.integers(0, 10**9),
)
def test_an_address_is_read_as_it_was_written(steps: list[str], pointer: str, offset: int) -> None:
    uri = Uri(("tasks", *steps), pointer, offset)
    assert parse_uri(str(uri)) == uri
