"""New tasks from templates."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from ratchet.errors import Conflict, InvalidTask, NotFound, Refused
from ratchet.task import scaffold
from ratchet.task.load import load_task
from ratchet.task.parse import parse_json
from ratchet.task.scaffold import TEMPLATES, create_task
from ratchet.task.schema import check_value, fill_defaults
from ratchet.task.schema_of_task import check_task_schemas, compile_task_schema


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_task_loads_without_a_warning(tmp_path: Path, template: str) -> None:
    written = create_task(tmp_path / "new-task", template=template)
    task = load_task(tmp_path / "new-task")
    assert task.warnings == ()
    assert check_task_schemas(task) == []
    assert (task.name, task.metadata.label, task.version) == ("new-task", "New task", "0.1.0")
    assert task.entrypoint == ("main.ts" if template == "typescript" else "main.js")
    assert sorted(written) == sorted(str(tmp_path / "new-task" / name) for name in task.files)


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_cases_of_a_new_task_fit_its_schemas(tmp_path: Path, template: str) -> None:
    create_task(tmp_path / "new", template=template)
    task = load_task(tmp_path / "new")
    accepts, returns = compile_task_schema(task, "input"), compile_task_schema(task, "output")
    assert accepts is not None
    assert returns is not None
    cases = [parse_json(data.decode(), file=name) for name, data in task.files.items() if name.startswith("tests/")]
    assert len(cases) >= 2
    for case in cases:
        assert check_value(accepts, fill_defaults(accepts, case["input"])) == []
        assert "expected_error" in case or check_value(returns, case["expected_output"]) == []


def test_label_description_and_version_are_written(tmp_path: Path) -> None:
    create_task(tmp_path / "x", label='The "X" ünit', description="Does it.", version="1.0.0-rc.1")
    metadata = json.loads((tmp_path / "x" / "metadata.json").read_text(encoding="utf-8"))
    assert uuid.UUID(metadata.pop("uuid")).version == 4
    assert metadata == {"version": "1.0.0-rc.1", "label": 'The "X" ünit', "description": "Does it."}


def test_every_new_task_has_its_own_uuid(tmp_path: Path) -> None:
    for name in "ab":
        create_task(tmp_path / name)
    assert load_task(tmp_path / "a").metadata.uuid != load_task(tmp_path / "b").metadata.uuid


def test_parents_are_made_and_an_empty_folder_is_used(tmp_path: Path) -> None:
    create_task(tmp_path / "deep" / "er" / "task")
    (tmp_path / "empty").mkdir()
    create_task(tmp_path / "empty")
    assert load_task(tmp_path / "empty").name == "empty"


def test_the_current_folder_can_be_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert "./metadata.json" in create_task(".")
    assert load_task(".").name == "here"
    assert [entry.name for entry in tmp_path.iterdir()] == ["here"]


def test_an_occupied_place_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("full", "file", "link"):
        with pytest.raises(Conflict):
            create_task(tmp_path / name)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "link", "mine.txt"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaffold, "_TEMPLATES_FOLDER", str(tmp_path / "templates"))
    broken = tmp_path / "templates" / "basic"
    broken.mkdir(parents=True)
    (broken / "a.js").write_text("1")
    (broken / "b.js").symlink_to("nowhere")
    with pytest.raises(Refused):
        create_task(tmp_path / "out" / "deep" / "task")
    assert [entry.name for entry in tmp_path.iterdir()] == ["templates"]


def test_a_parent_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refused):
        create_task(tmp_path / "file" / "task")


def test_an_unknown_template_suggests_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        create_task(tmp_path / "x", template="typscript")
    assert caught.value.hint == "Did you mean `typescript`?"
    with pytest.raises(NotFound):
        create_task(tmp_path / "x", template="../basic")


def test_a_version_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTask):
        create_task(tmp_path / "x", version="1.0")
    assert list(tmp_path.iterdir()) == []
