"""Finding tasks in folders."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from ratchet.errors import InvalidTask, NotFound, RatchetError
from ratchet.task import find
from ratchet.task.find import find_tasks
from ratchet.task.model import Task
from tests.task.conftest import WriteTask


def names(directory: Path) -> list[str]:
    return [item.name if isinstance(item, Task) else type(item).__name__ for item in find_tasks(directory)]


def test_tasks_are_found_at_any_depth_in_the_order_of_their_paths(write_task: WriteTask, tmp_path: Path) -> None:
    for name in ("b", "a/two", "a/one", "c/d/e/deep"):
        write_task(name=name)
    assert names(tmp_path) == ["one", "two", "b", "deep"]


def test_a_task_folder_is_its_own_only_task(write_task: WriteTask) -> None:
    folder = write_task(files={"inner/metadata.json": "{}"})
    assert names(folder) == ["total"]


def test_a_broken_task_hides_no_other(write_task: WriteTask, tmp_path: Path) -> None:
    write_task(name="a")
    write_task(name="b", files={"metadata.json": "{"})
    write_task(name="c", files={"main.js": None})
    write_task(name="d")
    (tmp_path / "e.zip").write_bytes(b"broken")
    assert names(tmp_path) == ["a", "InvalidTask", "InvalidTask", "d", "InvalidTask"]


def test_archives_are_tasks(write_task: WriteTask, tmp_path: Path) -> None:
    folder = write_task(name="packed")
    with zipfile.ZipFile(tmp_path / "b.ZIP", "w") as target:
        for file in folder.iterdir():
            target.write(file, file.name)
    assert names(tmp_path) == ["b", "packed"]


def test_hidden_folders_and_installed_modules_are_skipped(write_task: WriteTask, tmp_path: Path) -> None:
    for name in (".hidden", "node_modules/x", ".git/hooks", "seen"):
        write_task(name=name)
    assert names(tmp_path) == ["seen"]


def test_copies_of_tasks_in_recordings_are_skipped(write_task: WriteTask, tmp_path: Path) -> None:
    for name in ("kept/one/task", "kept/no-recording/task", "seen"):
        write_task(name=name)
    for name in ("one/requests.har", "one/session.json", "no-recording/session.json"):
        (tmp_path / "kept" / name).write_text("{}")
    assert names(tmp_path) == ["task", "seen"]


def test_links_to_folders_are_not_followed(write_task: WriteTask, tmp_path: Path) -> None:
    write_task(name="a")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path) == ["a"]


def test_a_missing_folder_suggests_the_nearest(write_task: WriteTask, tmp_path: Path) -> None:
    write_task(name="samples")
    with pytest.raises(NotFound) as caught:
        list(find_tasks(tmp_path / "sampels"))
    assert caught.value.hint == f"Did you mean `{tmp_path}/samples`?"


def test_an_empty_folder_holds_no_task(tmp_path: Path) -> None:
    assert names(tmp_path) == []


def test_an_endless_folder_ends_with_an_error(
    write_task: WriteTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "MOST_ENTRIES", 50)
    write_task(name="a")
    for number in range(60):
        os.mkdir(tmp_path / f"x{number:02}")
    (found,) = [item for item in find_tasks(tmp_path) if isinstance(item, RatchetError)]
    assert isinstance(found, InvalidTask)
    assert "too many files and folders" in found.message


def test_a_pipe_named_like_an_archive_is_skipped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.zip")
    assert names(tmp_path) == []
