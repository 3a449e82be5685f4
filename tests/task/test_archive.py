"""Tasks in ZIP archives, friendly and hostile."""

from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratchet.errors import InvalidTask, RatchetError
from ratchet.task import archive
from ratchet.task.load import load_task
from tests.task.conftest import WriteTask

TASK = {
    "metadata.json": '{"label": "Total", "version": "1.0.0"}',
    "main.js": "(input) => input",
    "input.schema.json": "true",
    "output.schema.json": "true",
}


def pack(path: Path, files: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def refusal(path: Path) -> list[str]:
    with pytest.raises(InvalidTask) as caught:
        load_task(path)
    return [problem.message for problem in caught.value.problems] or [caught.value.message]


def test_a_zip_gives_the_same_task_as_its_folder(write_task: WriteTask, tmp_path: Path) -> None:
    folder = write_task(files={"lib/x.js": "1"})
    with zipfile.ZipFile(tmp_path / "total.zip", "w") as target:
        for file in folder.rglob("*"):
            target.write(file, file.relative_to(folder))
    from_zip, from_folder = load_task(tmp_path / "total.zip"), load_task(folder)
    assert from_zip.files == from_folder.files
    assert from_zip.digest == from_folder.digest
    assert from_zip.name == from_folder.name == "total"
    assert from_zip.path_of("lib/x.js") == f"{tmp_path}/total.zip/lib/x.js"


def test_the_only_folder_with_metadata_is_the_root(tmp_path: Path) -> None:
    files = {f"Sum Up/{name}": content for name, content in TASK.items()}
    task = load_task(pack(tmp_path / "download (1).zip", {**files, "README.md": "x", "__MACOSX/Sum Up/._main.js": "x"}))
    assert sorted(task.files) == sorted(TASK)
    assert task.name == "sum-up"
    assert task.path_of("main.js") == f"{tmp_path}/download (1).zip/Sum Up/main.js"


def test_metadata_at_the_root_wins_over_a_nested_copy(tmp_path: Path) -> None:
    nested = {f"total/{name}": content for name, content in TASK.items()}
    task = load_task(pack(tmp_path / "total.zip", {**TASK, **nested}))
    assert task.inner == ""
    assert len(task.files) == 8


def test_metadata_deeper_in_the_only_task_is_no_second_task(tmp_path: Path) -> None:
    files = {f"a/{name}": content for name, content in TASK.items()}
    assert load_task(pack(tmp_path / "a.zip", {**files, "a/data/metadata.json": "{}"})).inner == "a/"


def test_several_tasks_in_one_archive_are_refused(tmp_path: Path) -> None:
    files = {f"{folder}/{name}": content for folder in "ab" for name, content in TASK.items()}
    assert refusal(pack(tmp_path / "two.zip", files)) == [f"`{tmp_path}/two.zip` holds 2 tasks: `a`, `b`"]


def test_an_archive_without_a_task_is_refused(tmp_path: Path) -> None:
    assert refusal(pack(tmp_path / "none.zip", {"x.txt": "x"})) == [f"`{tmp_path}/none.zip` holds no task"]


def test_an_archive_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    assert load_task(pack(tmp_path / "total.task", TASK)).name == "total"


def test_problems_in_a_zip_have_places(tmp_path: Path) -> None:
    with pytest.raises(InvalidTask) as caught:
        load_task(pack(tmp_path / "t.zip", {**TASK, "metadata.json": '{"version": 1,\n"label": "T"}'}))
    assert caught.value.place is not None
    assert caught.value.place.file == f"{tmp_path}/t.zip/metadata.json"
    assert (caught.value.place.line, caught.value.place.column) == (1, 13)


def test_nothing_is_written_while_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pack(tmp_path / "total.zip", TASK)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    load_task(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["total.zip"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "is an absolute path"),
        ("../evil.js", "leads out of the archive"),
        ("lib/../../evil.js", "leads out of the archive"),
        ("lib/..", "leads out of the archive"),
        (".git/../../evil.js", "leads out of the archive"),
        ("C:evil.js", "holds a colon, as a drive letter does"),
        ("C:/evil.js", "holds a colon, as a drive letter does"),
        ("main.js:stream", "holds a colon, as a drive letter does"),
        ("..\\evil.js", "holds a backslash"),
        ("\\\\server\\share", "holds a backslash"),
        ("con", "has a name that Windows keeps for a device"),
        ("lib/NUL.js", "has a name that Windows keeps for a device"),
        ("Com1.txt", "has a name that Windows keeps for a device"),
        ("lpt¹", "has a name that Windows keeps for a device"),
        ("evil.js.", "ends with a dot or a space"),
        ("evil ", "ends with a dot or a space"),
        ("lib//x.js", "has an empty step in its path"),
        ("./x.js", "has an empty step in its path"),
        ("a\nb.js", "holds a control character or one that is not UTF-8"),
        ("a\x1b[2J.js", "holds a control character or one that is not UTF-8"),
        ("a\u202egpj.js", "holds a control character or one that is not UTF-8"),
        ("MAIN.js", "collides with `main.js` where case does not matter"),
        ("Main.js/x", "stands inside a file"),
        ("/".join("d" * 40), "is too deep"),
        ("x" * 1025, "is too deep"),
        ("main.js/", "stands inside a file"),
    ],
)
def test_entries_with_odd_names_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    (message,) = refusal(pack(tmp_path / "t.zip", {**TASK, name: "x"}))
    assert message.endswith(reason)
    assert message.isprintable()


def test_a_name_with_a_null_byte_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", {**TASK, "evil.jsX.txt": "x"})
    path.write_bytes(path.read_bytes().replace(b"evil.jsX", b"evil.js\0"))
    (message,) = refusal(path)
    assert "control character" in message


def test_folders_that_differ_in_case_collide(tmp_path: Path) -> None:
    (message,) = refusal(pack(tmp_path / "t.zip", {**TASK, "lib/a.js": "1", "Lib/b.js": "2"}))
    assert message.endswith("collides with `lib` where case does not matter")


def test_names_that_are_equal_once_normalised_collide(tmp_path: Path) -> None:
    (message,) = refusal(pack(tmp_path / "t.zip", {**TASK, "caf\u00e9.js": "1", "cafe\u0301.js": "2"}))
    assert "collides" in message


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", TASK)
    with zipfile.ZipFile(path, "a") as target, pytest.warns(UserWarning, match="Duplicate name"):
        target.writestr("main.js", "evil")
    assert refusal(path) == ["The entry `main.js` is there twice"]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO | 0o666, "is not a regular file"),
        (stat.S_IFCHR | 0o666, "is not a regular file"),
        (stat.S_IFBLK | 0o666, "is not a regular file"),
        (stat.S_IFSOCK | 0o666, "is not a regular file"),
        (stat.S_IFDIR | 0o777, "says that it is a folder and a file"),
    ],
)
def test_links_and_devices_are_refused(tmp_path: Path, mode: int, reason: str) -> None:
    path = pack(tmp_path / "t.zip", TASK)
    entry = zipfile.ZipInfo("evil")
    entry.create_system = 3
    entry.external_attr = mode << 16
    with zipfile.ZipFile(path, "a") as target:
        target.writestr(entry, "/etc/passwd")
    assert refusal(path) == [f"The entry `evil` {reason}"]


def test_all_odd_entries_are_reported_together(tmp_path: Path) -> None:
    assert len(refusal(pack(tmp_path / "t.zip", {**TASK, "../a": "", "/b": "", "c:": ""}))) == 3


def test_encrypted_entries_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", TASK, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refusal(path) == ["The entry `metadata.json` is encrypted"]


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path: Path, compression: int) -> None:
    path = pack(tmp_path / "t.zip", TASK, compression)
    assert refusal(path)[0] == "The entry `metadata.json` is compressed with a method other than deflate"


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", {**TASK, "bomb": b"\0" * (20 * 1024 * 1024)})
    assert refusal(path) == [f"`bomb` in `{path}` unpacks to more than 200 times its size"]


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", {**TASK, "bomb": b"\0" * (20 * 1024 * 1024)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 20 * 1024 * 1024), struct.pack("<I", 100)))
    with pytest.raises(InvalidTask):
        load_task(path)


def test_many_bombs_are_refused_by_their_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 3 * 1024 * 1024)
    path = pack(tmp_path / "t.zip", {**TASK, **{f"f{number}": b"\0" * 1024 * 1024 for number in range(4)}})
    assert refusal(path) == [f"`{path}` unpacks to more than 3 MB"]


def test_short_repetitive_files_are_fine(tmp_path: Path) -> None:
    task = load_task(pack(tmp_path / "t.zip", {**TASK, "zeros": b"\0" * 1024 * 1024}))
    assert len(task.files["zeros"]) == 1024 * 1024


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 10)
    path = pack(tmp_path / "t.zip", {**TASK, **{f"f{number}": "" for number in range(7)}})
    assert refusal(path) == [f"`{path}` has more than 10 entries"]


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", {**TASK, "kernel": random.Random(1).randbytes(5000)})
    data = path.read_bytes()
    directory = data.index(b"PK\x01\x02")
    last = data.rindex(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    again = data[last:end].replace(b"kernel", b"kernal")
    count = len(TASK) + 2
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, end - directory + len(again), directory, 0)
    path.write_bytes(data[:end] + again + tail)
    assert refusal(path) == ["The entry `kernal` shares bytes with another"]


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", TASK)
    path.write_bytes(path.read_bytes()[:-30])
    (message,) = refusal(path)
    assert "is not a sound ZIP archive" in message


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "t.zip", TASK, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"(input) => input", b"(input) => evil!"))
    (message,) = refusal(path)
    assert "Bad CRC-32" in message


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"not a zip", b"PK\x05\x06" + b"\0" * 18, b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.zip").write_bytes(data)
    assert len(refusal(tmp_path / "t.zip")) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8), st.randoms())
def test_a_mutated_archive_is_read_or_refused(
    tmp_path: Path, changes: list[tuple[int, int]], chance: random.Random
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in TASK.items():
            target.writestr(name, content)
    data = bytearray(buffer.getvalue())
    for offset, value in changes:
        data[offset % len(data)] = value
    if chance.random() < 0.2:
        del data[chance.randrange(len(data)) :]
    path = tmp_path / "fuzz.zip"
    path.write_bytes(data)
    message = "sound"
    try:
        load_task(path)
    except RatchetError as error:
        message = error.message
    assert message.isprintable()
