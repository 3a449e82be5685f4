"""`ratchet generate task`: what it writes is a task that passes at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.task.scaffold import TEMPLATES
from tests.cli.conftest import Command

INPUTS = {  # Of those that need no network.
    "basic": '{"name": "Ada"}',
    "transform": '{"items": [{"name": "Pen", "price": 1.25, "quantity": 2}]}',
    "typescript": '{"text": "one two one"}',
}


def test_the_files_are_named(ratchet: Command) -> None:
    assert ratchet("generate", "task", "hello") == snapshot("""\
exit 0
--- stdout
hello/metadata.json
hello/input.schema.json
hello/main.js
hello/output.schema.json
hello/tests/by-name.json
hello/tests/default.json
""")


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_task_is_valid_and_runs(ratchet: Command, template: str) -> None:
    assert ratchet("generate", "task", "new/task", "--template", template, "--json").startswith("exit 0\n")
    assert ratchet("validate", "new/task") == "exit 0\n--- stdout\nnew/task: ok\n"
    if template in INPUTS:
        assert ratchet("run-once", "new/task", "--input", INPUTS[template]).startswith("exit 0\n--- stdout\n{")


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_task_passes_its_cases(ratchet: Command, template: str) -> None:
    ratchet("generate", "task", "new", "--template", template)
    tested = ratchet("test", "new", "--json")
    assert tested.startswith("exit 0\n")
    assert json.loads(tested.partition("--- stdout\n")[2])["failed"] == 0


def test_words_of_any_kind_reach_the_metadata(ratchet: Command, folder: Path) -> None:
    label, description = 'He said "hi"\nand \\ left 👋', "line\u2028separator\ttab"
    ratchet("generate", "task", "odd", "--label", label, "--description", description, "--version", "2.0.0-rc.1")
    metadata = json.loads((folder / "odd/metadata.json").read_text(encoding="utf-8"))
    assert (metadata["label"], metadata["description"]) == (label, description)
    assert metadata["version"] == "2.0.0-rc.1"
    assert ratchet("validate", "odd") == "exit 0\n--- stdout\nodd: ok\n"
    assert ratchet("run-once", "odd").startswith("exit 0\n")


def test_the_original_way_to_name_the_folder_is_kept(ratchet: Command, folder: Path) -> None:
    assert ratchet("generate", "task", "--path", "hello").startswith("exit 0\n")
    assert (folder / "hello/metadata.json").is_file()


def test_json_lists_the_paths(ratchet: Command) -> None:
    assert ratchet("generate", "task", "hello", "--json") == snapshot("""\
exit 0
--- stdout
[
  "hello/metadata.json",
  "hello/input.schema.json",
  "hello/main.js",
  "hello/output.schema.json",
  "hello/tests/by-name.json",
  "hello/tests/default.json"
]
""")


def test_nothing_is_overwritten(ratchet: Command, folder: Path) -> None:
    (folder / "taken").mkdir()
    (folder / "taken/notes.txt").write_text("mine")
    (folder / "file").write_text("mine")
    assert ratchet("generate", "task", "taken") == snapshot("""\
exit 3
--- stderr
Error: `taken` is not empty
Hint: Name a folder that is not there yet
""")
    assert ratchet("generate", "task", "file") == snapshot("""\
exit 3
--- stderr
Error: `file` is already there
Hint: Name a folder that is not there yet
""")
    assert sorted(path.name for path in folder.rglob("*")) == ["file", "notes.txt", "taken"]


def test_an_empty_folder_is_used(ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "here").mkdir()
    monkeypatch.chdir(folder / "here")
    assert ratchet("generate", "task", ".").startswith("exit 0\n")
    assert ratchet("validate") == "exit 0\n--- stdout\n.: ok\n"


def test_what_cannot_be_made_is_refused_and_leaves_nothing(ratchet: Command, folder: Path) -> None:
    (folder / "file").write_text("mine")
    assert ratchet("generate", "task", "deep/down", "--template", "typscript") == snapshot("""\
exit 3
--- stderr
Error: There is no template `typscript`
Hint: Did you mean `typescript`?
""")
    assert ratchet("generate", "task", "deep/down", "--version", "1.0") == snapshot("""\
exit 3
--- stderr
Error: `1.0` is not a semantic version
Hint: Write `1.0.0`
""")
    reply = ratchet("generate", "task", "file/below")
    assert reply.replace(str(folder), "FOLDER") == snapshot("""\
exit 3
--- stderr
Error: `file/below` cannot be written: `FOLDER/file` is not a folder
""")
    assert sorted(path.name for path in folder.rglob("*")) == ["file"]
