"""Tasks that cannot be loaded any more: changed over MCP until they can."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ratchet.mcp_server.tools import WRITING
from tests.mcp_server.calling import call
from tests.mcp_server.raw_client import RawClient, start_server

CREATED = WRITING[0].example
Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mended") / "tasks"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[RawClient]:
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        client.initialize()
        yield client


def metadata(**keys: Any) -> Damage:
    """Return what writes other keys into the metadata."""

    def damage(task: Path) -> None:
        file = task / "metadata.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **keys}))

    return damage


@pytest.mark.parametrize(
    ("damage", "parts"),
    [
        pytest.param(lambda task: (task / "metadata.json").write_text("{"), ["description"], id="metadata, no JSON"),
        pytest.param(lambda task: (task / "metadata.json").write_text("[]"), ["description"], id="metadata, no object"),
        pytest.param(metadata(version="one"), ["version"], id="version"),
        pytest.param(metadata(tags=7, permissions=[]), ["tags", "permissions"], id="tags and permissions"),
        pytest.param(lambda task: (task / "main.js").unlink(), ["source"], id="no source"),
        pytest.param(lambda task: (task / "main.js").write_bytes(b"\xff"), ["source"], id="source, no text"),
        pytest.param(metadata(entrypoint="src/run.js"), ["source"], id="entry point not there"),
        pytest.param(metadata(entrypoint="../run.js"), ["source"], id="entry point outside"),
        pytest.param(lambda task: (task / "input.schema.json").write_text("{"), ["input_schema"], id="input schema"),
        pytest.param(metadata(output_schema="lost.json"), ["output_schema"], id="output schema not there"),
        pytest.param(metadata(inputs=3), ["input_schema"], id="fields"),
        pytest.param(
            lambda task: [(task / name).write_text("{") for name in ("metadata.json", "output.schema.json")],
            ["description", "output_schema", "cases"],
            id="several",
        ),
    ],
)
def test_a_damaged_task_is_mended_by_what_it_lacks(
    client: RawClient, folder: Path, damage: Damage, parts: list[str]
) -> None:
    made = {**CREATED, "version": "1.0.0", "tags": ["math"], "permissions": {"net": []}}
    name = f"task-{len(list(folder.glob('task-*')))}"
    former = call(client, "create_task", **{**made, "name": name})["digest"]
    damage(folder / name)
    # What else is changed does not help.
    refused = call(client, "edit_task", task=name, files={"notes.md": "x"})["error"]
    assert refused["code"] == "invalid_task"
    assert not (folder / name / "notes.md").exists()
    stale = call(client, "edit_task", task=name, if_digest=former, **{part: made[part] for part in parts})
    assert stale["error"]["code"] == "precondition_failed"
    mended = call(client, "edit_task", task=name, **{part: made[part] for part in parts})
    assert (mended["valid"], mended["problems"]) == (True, [])
    assert Path(mended["former"]).is_dir()
    assert call(client, "execute_task", task=name, input={"value": 4})["output"] == {"value": 8}
    assert call(client, "run_task_tests", task=name)["all_passed"] is True


def test_a_damaged_task_is_taken_away_and_what_is_no_task_is_left_alone(client: RawClient, folder: Path) -> None:
    call(client, "create_task", **{**CREATED, "name": "broken"})
    (folder / "broken" / "metadata.json").write_text("{")
    assert Path(call(client, "delete_task", task="broken")["former"]).is_dir()
    (folder / "photos").mkdir()
    (folder / "photos" / "a.txt").write_text("x")
    for tool, parts in (("delete_task", {}), ("edit_task", {"description": "x", "source": "1"})):
        assert call(client, tool, task="photos", **parts)["error"]["code"] == "invalid_task"
    assert (folder / "photos" / "a.txt").exists()
