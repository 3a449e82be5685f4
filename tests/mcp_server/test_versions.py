"""Versions of tasks over MCP: the next one, the one before, and what changes keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.calling import call, create
from tests.mcp_server.conftest import files_below
from tests.mcp_server.raw_client import RawClient

THRICE = "export default ({ value }) => ({ value: value * 3 });"


def value_of(client: RawClient, task: str) -> Any:
    """Return what becomes of two."""
    return call(client, "execute_task", task=task, input={"value": 2})["output"]["value"]


def test_a_new_version_is_called_by_the_name_and_the_one_before_by_its_own(client: RawClient, folder: Path) -> None:
    before = create(client, "grown")
    made = call(client, "create_task_version", task="grown", version="0.2.0", source=THRICE)
    assert (made["task"], made["valid"], made["former"]) == ("grown@0.2.0", True, str(folder / "grown@0.1.0" / "grown"))
    assert [value_of(client, task) for task in ("grown", "grown@0.1.0", "grown@0.2.0")] == [6, 4, 6]
    assert call(client, "describe_task", task="grown@0.1.0")["digest"] == before["digest"]
    call(client, "create_task_version", task="grown", version="1.0.0-rc.1")
    assert call(client, "describe_task", task="grown@1.0.0-rc.1")["version"] == "1.0.0-rc.1"
    listed = call(client, "list_tasks", query="grown")["tasks"]
    assert [each["version"] for each in listed] == ["0.1.0", "0.2.0", "1.0.0-rc.1"]


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("0.1.0", "conflict"),
        ("0.0.9", "conflict"),
        ("0.1.0-rc", "conflict"),
        ("one", "invalid_task"),
        ("../1.0.0", "invalid_task"),
    ],
)
def test_a_version_is_later_than_the_one_before(client: RawClient, folder: Path, version: str, code: str) -> None:
    if not (folder / "fixed").exists():
        create(client, "fixed")
    before = files_below(folder)
    assert call(client, "create_task_version", task="fixed", version=version)["error"]["code"] == code
    assert files_below(folder) == before


def test_the_last_change_is_undone_and_done_again(client: RawClient) -> None:
    first = create(client, "undone")
    second = call(client, "edit_task", task="undone", source=THRICE)
    restored = call(client, "restore_task", task="undone")
    assert (restored["digest"], value_of(client, "undone")) == (first["digest"], 4)
    assert [each["digest"] for each in restored["formers"]] == [second["digest"], first["digest"]]
    assert call(client, "restore_task", task="undone")["digest"] == second["digest"]


def test_any_former_version_comes_back_by_its_name_or_path(client: RawClient) -> None:
    first = create(client, "chosen")
    paths = [call(client, "edit_task", task="chosen", version=f"0.{count}.0")["former"] for count in (2, 3)]
    restored = call(client, "restore_task", task="chosen", former=paths[0])
    assert restored["digest"] == first["digest"]
    second = next(each for each in restored["formers"] if each["version"] == "0.2.0")
    assert call(client, "restore_task", task="chosen", former=second["name"])["task"] == "chosen@0.2.0"


def test_a_deleted_task_comes_back(client: RawClient) -> None:
    made = create(client, "lost")
    call(client, "delete_task", task="lost")
    assert call(client, "restore_task", task="lost")["digest"] == made["digest"]
    assert value_of(client, "lost") == 4


@pytest.mark.parametrize("former", ["../../undone", "/etc", "..", "", "20260101T000000000-aaaaaaaa", "x\n"])
def test_what_is_no_former_version_is_refused(client: RawClient, former: str) -> None:
    create(client, f"none-{abs(hash(former))}")
    error = call(client, "restore_task", task=f"none-{abs(hash(former))}", former=former)["error"]
    assert error["code"] == "not_found"


def test_a_name_is_never_a_path(client: RawClient) -> None:
    for tool, more in (("restore_task", {}), ("create_task_version", {"version": "9.0.0"})):
        assert call(client, tool, task="../tasks/fixed", **more)["error"]["code"] == "invalid_input"
        assert call(client, tool, task="never-there", **more)["error"]["code"] == "not_found"


def test_a_link_is_no_former_version(client: RawClient, folder: Path) -> None:
    create(client, "linked")
    home = folder / ".ratchet-former" / "linked"
    home.mkdir(parents=True)
    (home / "20260101T000000000-aaaaaaaa").symlink_to(folder / "undone")
    assert call(client, "restore_task", task="linked")["error"]["code"] == "not_found"


def test_metadata_in_yaml_is_edited_and_keeps_its_comments(client: RawClient, folder: Path) -> None:
    root = folder / "in-yaml"
    root.mkdir()
    (root / "task.yaml").write_text(
        "version: 1.0.0\n# Who looks after it.\nauthor: Ada\ninput_schema: {type: object}\n"
    )
    (root / "main.js").write_text("export default () => 1;\n")
    edited = call(
        client, "edit_task", task="in-yaml", version="1.1.0", description="A: b", input_schema={"type": "null"}
    )
    assert edited["task"] == "in-yaml@1.1.0"
    text = (root / "task.yaml").read_text()
    assert text == 'version: "1.1.0"\n# Who looks after it.\nauthor: Ada\ndescription: "A: b"\n'
    assert json.loads((root / "input.schema.json").read_text()) == {"type": "null"}
    assert call(client, "describe_task", task="in-yaml")["input_schema"] == {"type": "null"}


def test_a_case_replaces_the_one_of_its_name_wherever_that_stands(client: RawClient, folder: Path) -> None:
    root = folder / "tested"
    (root / "tests").mkdir(parents=True)
    metadata = {"version": "1.0.0", "test_cases": [{"name": "one", "input": 1}, {"name": "two", "input": 2}]}
    (root / "metadata.json").write_text(json.dumps(metadata))
    (root / "main.js").write_text("export default (input) => input;\n")
    (root / "tests" / "odd-name.yaml").write_text("name: three\ninput: 3\n")
    cases = [{"name": name, "input": 9, "expected_output": 9} for name in ("one", "three", "四", "五")]
    call(client, "edit_task", task="tested", cases=cases)
    tested = call(client, "run_task_tests", task="tested")
    assert sorted(each["name"] for each in tested["cases"]) == ["one", "three", "two", "五", "四"]
    assert sorted(path.name for path in (root / "tests").iterdir()) == [
        "one.json",
        "task-2.json",
        "task.json",
        "three.json",
    ]
