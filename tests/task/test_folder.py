"""Reading a folder, whatever somebody has put there."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ratchet.errors import InvalidTask
from ratchet.task import bounds, folder
from ratchet.task.folder import read_folder


def messages(path: Path) -> list[str]:
    with pytest.raises(InvalidTask) as caught:
        read_folder(str(path))
    return sorted(problem.message for problem in caught.value.problems)


def test_links_inside_the_task_are_followed(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "x.js").write_text("1")
    (tmp_path / "y.js").symlink_to("lib/x.js")
    (tmp_path / "other").symlink_to("lib", target_is_directory=True)
    assert read_folder(str(tmp_path)) == {"lib/x.js": b"1", "other/x.js": b"1", "y.js": b"1"}


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("s")
    task = tmp_path / "outside-task"
    task.mkdir()
    (task / "a").symlink_to(outside / "secret")
    (task / "b").symlink_to("../outside")
    (task / "c").symlink_to("/etc/passwd")
    (task / "d").symlink_to("b/secret")
    assert messages(task) == [f"The link `{name}` leads out of the task" for name in "abcd"]


def test_links_that_lead_nowhere_or_in_circles_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "up").symlink_to("..", target_is_directory=True)
    (tmp_path / "gone").symlink_to("nothing.js")
    (tmp_path / "self").symlink_to("self")
    found = messages(tmp_path)
    assert found[0] == "The link `gone` leads nowhere"
    assert found[1] == "The link `lib/up` leads back to a folder that holds it"
    assert "`self`" in found[2]


def test_special_files_are_refused_without_opening_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    here = os.getcwd()
    with socket.socket(socket.AF_UNIX) as server:
        # The path of a socket may only be about a hundred characters long.
        os.chdir(tmp_path)
        try:
            server.bind("socket")
        finally:
            os.chdir(here)
        assert messages(tmp_path) == [
            "`pipe` is not a regular file: a pipe",
            "`socket` is not a regular file: a socket",
        ]


@pytest.mark.parametrize("name", ["a\nb.js", "a\x1b[31m.js", "a\u202eb.js", b"a\xff.js", "a\\b.js"])
def test_names_that_could_deceive_are_refused(tmp_path: Path, name: str | bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), os.fsencode(name))
    with open(path, "wb"):
        pass
    (message,) = messages(tmp_path)
    assert message.isprintable()
    assert message.startswith("The name `a")


def test_too_many_files_are_refused_without_looking_at_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 20)
    for number in range(15):
        (tmp_path / f"{number}.js").touch()
    (tmp_path / "lib").mkdir()
    for number in range(4):
        (tmp_path / "lib" / f"{number}.js").touch()
    assert len(read_folder(str(tmp_path))) == 19
    (tmp_path / "lib" / "one-more").touch()
    with pytest.raises(InvalidTask, match="has more than 20 files and folders") as caught:
        read_folder(str(tmp_path))
    assert caught.value.hint is not None


def test_too_many_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES", 1024 * 1024)
    (tmp_path / "a").write_bytes(b"x" * (1024 * 1024 - 1))
    (tmp_path / "b").write_bytes(b"x")
    assert len(read_folder(str(tmp_path))) == 2
    (tmp_path / "c").write_bytes(b"x")
    with pytest.raises(InvalidTask, match="holds more than 1 MB"):
        read_folder(str(tmp_path))


def test_a_sparse_file_of_a_terabyte_is_refused_unread(tmp_path: Path) -> None:
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InvalidTask, match="holds more than 64 MB"):
        read_folder(str(tmp_path))


def test_endless_folders_are_refused(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (bounds.MOST_DEPTH + 2))
    deep.mkdir(parents=True)
    (deep / "x").touch()
    (message,) = messages(tmp_path)
    assert message.endswith("is too deep inside the task")


def test_all_odd_files_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a\tb").touch()
    assert len(messages(tmp_path)) == 3
