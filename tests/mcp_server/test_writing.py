"""Tasks written over MCP: only in the folder, checked, and the version before kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ratchet.mcp_server.tools import WRITING
from tests.mcp_server.calling import CREATED, call, create
from tests.mcp_server.conftest import files_below, write_tasks
from tests.mcp_server.raw_client import RawClient, start_server


def test_a_task_is_written_tested_found_broken_mended_and_run(client: RawClient) -> None:
    made = create(client, "first", source="export default ({ value }) => ({ value: value * 3 });")
    assert (made["valid"], made["problems"], made["former"]) == (True, [], None)
    failed = call(client, "run_task_tests", task="first")
    assert (failed["all_passed"], failed["failed"], failed["digest"]) == (False, 1, made["digest"])
    assert failed["cases"][0]["reasons"][0]["pointer"] == "/value"
    mended = call(client, "edit_task", task="first", source=CREATED["source"])
    assert mended["digest"] != made["digest"]
    assert call(client, "run_task_tests", task="first", filter="DOUBLES")["all_passed"] is True
    assert call(client, "execute_task", task="first", input={"value": 4})["output"] == {"value": 8}


def test_an_edit_keeps_what_it_does_not_name_and_the_version_before(client: RawClient, folder: Path) -> None:
    create(client, "kept", tags=["math"])
    edited = call(client, "edit_task", task="kept", description="Twice as much", version="0.2.0")
    described = call(client, "describe_task", task="kept")
    assert (described["description"], described["version"]) == ("Twice as much", "0.2.0")
    assert (described["tags"], described["entrypoint_source"]) == (["math"], CREATED["source"])
    case = {"name": "doubles two", "description": None, "file": "tests/doubles-two.json", "skip": None}
    assert described["cases"] == [case]
    assert described["example"] == 'execute_task {"task": "tasks/kept", "input": {"value": 2}}'
    former = Path(edited["former"])
    assert former.parent == folder / ".ratchet-former" / "kept"
    assert json.loads((former / "metadata.json").read_text())["version"] == "0.1.0"


def test_an_edit_that_changes_nothing_makes_no_former_version(client: RawClient, folder: Path) -> None:
    made = create(client, "same")
    again = call(client, "edit_task", task="same", source=CREATED["source"])
    assert (again["digest"], again["former"]) == (made["digest"], None)
    assert not (folder / ".ratchet-former" / "same").exists()


def test_what_is_not_there_is_told_in_words_of_tools(client: RawClient) -> None:
    refused = call(client, "execute_task", task="zzzzzz", input={})
    assert refused["error"]["hint"] == "`list_tasks` shows the tasks of all sources"
    for tool in ("edit_task", "delete_task"):
        assert call(client, tool, task="zzzzzz")["error"]["hint"] == "Tasks of other folders stay as they are"


def test_a_deleted_task_is_gone_and_can_be_put_back(client: RawClient, folder: Path) -> None:
    create(client, "gone")
    former = call(client, "delete_task", task="gone")["former"]
    assert call(client, "execute_task", task="gone", input={"value": 1})["error"]["code"] == "not_found"
    os.rename(former, folder / "gone")
    assert call(client, "execute_task", task="gone", input={"value": 1})["output"] == {"value": 2}


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "a/b", "..", ".hidden", "Upper", "", "a" * 65, "a\x00b"])
def test_a_name_is_never_a_path(client: RawClient, folder: Path, name: str) -> None:
    before = files_below(folder.parent)
    assert create(client, name)["error"]["code"] == "invalid_input"
    for tool in ("edit_task", "delete_task"):
        assert call(client, tool, task=name)["error"]["code"] == "invalid_input"
    assert files_below(folder.parent) == before


def test_a_name_that_is_taken_is_refused(client: RawClient) -> None:
    assert create(client, "total")["error"]["code"] == "conflict"


def test_a_link_out_of_the_folder_is_not_followed(client: RawClient, folder: Path) -> None:
    outside = write_tasks(folder.parent / "outside") / "total"
    (folder / "link").symlink_to(outside)
    for tool in ("edit_task", "delete_task"):
        assert call(client, tool, task="link", source="1")["error"]["code"] in ("not_found", "invalid_input")
    assert call(client, "edit_task", task="link")["error"]["code"] == "not_found"
    assert (outside / "main.js").read_text().startswith("export default")
    (folder / "link").unlink()


def test_what_could_not_be_loaded_is_not_written(client: RawClient, folder: Path) -> None:
    assert create(client, "bad", version="one")["error"]["code"] == "invalid_task"
    assert not (folder / "bad").exists()
    before = (folder / "total" / "metadata.json").read_bytes()
    assert call(client, "edit_task", task="total", version="one")["error"]["code"] == "invalid_task"
    assert (folder / "total" / "metadata.json").read_bytes() == before


def test_a_source_with_a_problem_is_written_and_reported(client: RawClient) -> None:
    made = create(client, "slip", source="export default (input) => {")
    assert made["valid"] is False
    assert made["problems"][0]["line"] == 1


@pytest.mark.parametrize("arguments", [["--read-only"], []], ids=["read only", "no folder"])
def test_the_writing_tools_are_not_offered_where_nothing_may_be_written(
    tmp_path: Path, tasks: Path, arguments: list[str]
) -> None:
    options = ["--tasks", str(tasks), *arguments] if arguments else []
    with start_server(tmp_path, *options) as client:
        client.initialize()
        names = {tool["name"] for tool in client.ask("tools/list")["result"]["tools"]}
        assert not names & {tool.name for tool in WRITING}
        refused = client.ask("tools/call", {"name": "delete_task", "arguments": {"task": "total"}})
        assert refused["error"]["code"] == -32602
    assert (tasks / "total").is_dir()


def test_other_files_are_written_and_taken_away(client: RawClient, folder: Path) -> None:
    source = "import { twice } from './lib/twice.js';\nexport default ({ value }) => ({ value: twice(value) });\n"
    twice = "export const twice = (value) => value * 2;\n"
    create(client, "parted", source=source, files={"lib/twice.js": twice, "notes.md": "x"})
    assert call(client, "run_task_tests", task="parted")["all_passed"] is True
    call(client, "edit_task", task="parted", files={"lib/twice.js": twice.replace("2", "3"), "notes.md": None})
    assert call(client, "execute_task", task="parted", input={"value": 2})["output"] == {"value": 6}
    assert not (folder / "parted" / "notes.md").exists()
    assert call(client, "edit_task", task="parted", files={"metadata.json": None})["error"]["code"] == "invalid_task"


@pytest.mark.parametrize(
    "path", ["../x.js", "/tmp/x.js", ".git/config", "lib/.GIT/hooks/post-checkout", "a\\b", "lib/", "con", "", "a\x00"]
)
def test_a_file_that_no_task_may_have_is_not_written(client: RawClient, folder: Path, path: str) -> None:
    before = files_below(folder.parent)
    assert call(client, "edit_task", task="total", files={path: "x"})["error"]["problems"][0]["pointer"] == "/files"
    assert create(client, "fresh", files={path: "x"})["error"]["code"] == "invalid_input"
    assert files_below(folder.parent) == before


def test_files_that_cannot_be_beside_each_other_or_are_made_are_refused(client: RawClient, folder: Path) -> None:
    assert create(client, "fresh", files={"lib": "x", "lib/a.js": "y"})["error"]["code"] == "refused"
    assert create(client, "fresh", files={"metadata.json": "{}"})["error"]["code"] == "invalid_input"
    assert not [path for path in folder.iterdir() if path.name.startswith((".ratchet-new", "fresh"))]
