"""Adding what a task lacks."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from ratchet.errors import InvalidTask, NotFound, Refused
from ratchet.task.load import load_task
from ratchet.task.repair import repair_task
from tests.task.conftest import WriteTask


def test_what_is_missing_is_added_and_told(write_task: WriteTask) -> None:
    folder = write_task(
        {"uuid": None, "version": None, "zeta": 1}, {"input.schema.json": None, "output.schema.json": None}
    )
    sentences = repair_task(folder)
    task = load_task(folder)
    assert sentences == [
        f"Added `uuid` `{task.metadata.uuid}` to `{folder}/metadata.json`",
        f"Added `version` `0.1.0` to `{folder}/metadata.json`",
        f"Wrote `{folder}/input.schema.json`, which accepts any object",
        f"Wrote `{folder}/output.schema.json`, which accepts any object",
    ]
    assert task.input_schema == {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    text = (folder / "metadata.json").read_text()
    assert list(json.loads(text)) == ["label", "description", "zeta", "uuid", "version"]
    assert text.startswith('{\n  "label"')


def test_a_sound_task_is_left_alone(write_task: WriteTask) -> None:
    folder = write_task()
    before = load_task(folder).digest
    assert repair_task(folder) == []
    assert repair_task(folder) == []
    assert load_task(folder).digest == before
    assert not [name for name in os.listdir(folder) if name.startswith(".")]


def test_schemas_in_the_metadata_are_no_missing_files(write_task: WriteTask) -> None:
    files = {"input.schema.json": None, "output.schema.json": None}
    folder = write_task({"input_schema": True, "outputs": {}}, files)
    assert repair_task(folder) == []


def test_yaml_keeps_its_comments(write_task: WriteTask) -> None:
    yaml = "# The total.\n---\nlabel: Total  # for people\ntags: [a]\n"
    folder = write_task(files={"metadata.json": None, "meta.yaml": yaml})
    assert len(repair_task(folder)) == 2
    text = (folder / "meta.yaml").read_text()
    task = load_task(folder)
    uuid = task.metadata.uuid
    assert text == f'# The total.\n---\nuuid: "{uuid}"\nversion: "0.1.0"\nlabel: Total  # for people\ntags: [a]\n'


def test_yaml_that_cannot_take_new_lines_is_refused(write_task: WriteTask) -> None:
    folder = write_task(files={"metadata.json": None, "meta.yaml": "{label: Total}"})
    with pytest.raises(Refused) as caught:
        repair_task(folder)
    assert caught.value.hint is not None
    assert 'version: "0.1.0"' in caught.value.hint
    assert (folder / "meta.yaml").read_text() == "{label: Total}"


def test_permissions_of_a_file_stay(write_task: WriteTask) -> None:
    folder = write_task({"uuid": None})
    (folder / "metadata.json").chmod(0o640)
    repair_task(folder)
    assert (folder / "metadata.json").stat().st_mode & 0o777 == 0o640


def test_a_zip_is_never_touched(write_task: WriteTask, tmp_path: Path) -> None:
    folder = write_task({"uuid": None})
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as target:
        for file in folder.iterdir():
            target.write(file, file.name)
    before = (tmp_path / "t.zip").read_bytes()
    with pytest.raises(Refused) as caught:
        repair_task(tmp_path / "t.zip")
    assert caught.value.hint is not None
    assert (tmp_path / "t.zip").read_bytes() == before


def test_metadata_that_cannot_be_read_is_not_repaired(write_task: WriteTask, tmp_path: Path) -> None:
    folder = write_task(files={"metadata.json": "{"})
    with pytest.raises(InvalidTask):
        repair_task(folder)
    assert (folder / "metadata.json").read_text() == "{"
    with pytest.raises(InvalidTask):
        repair_task(tmp_path)
    with pytest.raises(NotFound):
        repair_task(tmp_path / "nothing")


def test_a_metadata_link_that_leads_out_is_not_written_through(write_task: WriteTask, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    folder = write_task(files={"metadata.json": None})
    (folder / "metadata.json").symlink_to(outside)
    with pytest.raises(InvalidTask):
        repair_task(folder)
    assert outside.read_text() == "{}"
