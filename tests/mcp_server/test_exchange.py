"""Tasks that leave and come as a ZIP over MCP."""

from __future__ import annotations

import base64
import io
import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ratchet.task.archive import unpack_archive
from ratchet.task.pack import pack_archive
from tests.mcp_server.calling import call, create
from tests.mcp_server.conftest import files_below, write_tasks
from tests.mcp_server.raw_client import RawClient, start_server

TASK = {"metadata.json": b'{"version": "1.0.0"}', "main.js": b"export default () => 'came';\n"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchanged") / "tasks"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[RawClient]:
    more = write_tasks(folder.parent / "more")
    with start_server(folder.parent, "--tasks", str(folder), "--tasks", str(more)) as client:
        client.initialize()
        yield client


def zipped(files: Mapping[str, bytes], **attributes: int) -> str:
    """Return a ZIP as base64; `attributes` go to every entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for name, value in attributes.items():
                setattr(entry, name, value)
            archive.writestr(entry, data)
    return base64.b64encode(buffer.getvalue()).decode()


def under(root: str, files: Mapping[str, bytes] = TASK) -> dict[str, bytes]:
    return {f"{root}/{path}": data for path, data in files.items()}


def refusal(client: RawClient, folder: Path, **arguments: Any) -> str:
    """Return the code of the error; nothing may have been written."""
    before = {path: path.read_bytes() if path.is_file() else b"" for path in files_below(folder.parent)}
    error = call(client, "import_tasks", **arguments)["error"]
    after = {path: path.read_bytes() if path.is_file() else b"" for path in files_below(folder.parent)}
    assert after == before
    code: str = error["code"]
    return code


def test_tasks_leave_and_come_back_the_same(client: RawClient) -> None:
    first, second = create(client, "first")["digest"], create(client, "second")["digest"]
    exported = call(client, "export_tasks", tasks=["first", "second", "total"])
    assert exported["tasks"] == ["first@0.1.0", "second@0.1.0", "total@1.0.0"]
    for name in ("first", "second"):
        call(client, "delete_task", task=name)
    imported = call(client, "import_tasks", archive=exported["archive"])["tasks"]
    assert [(each["task"], each["valid"]) for each in imported] == [
        ("first@0.1.0", True),
        ("second@0.1.0", True),
        ("total@1.0.0", True),
    ]
    assert [each["digest"] for each in imported[:2]] == [first, second]
    assert call(client, "execute_task", task="tasks/total", input={"items": [1]})["output"] == {"total": 1}


def test_tasks_that_come_are_tools_without_anybody_looking(client: RawClient) -> None:
    create(client, "carried")
    assert "carried" in tools_when_settled(client, there=True)
    told = call(client, "export_tasks", tasks=["carried"], file="carried.zip")
    call(client, "delete_task", task="carried")
    assert "carried" not in tools_when_settled(client, there=False)
    call(client, "import_tasks", file=told["file"])
    assert "carried" in tools_when_settled(client, there=True)
    call(client, "delete_task", task="carried")


def tools_when_settled(client: RawClient, *, there: bool) -> set[str]:
    """Return the tools after the server has said that they have changed, until the task has come or gone."""
    names: set[str] = set()
    while ("carried" in names) != there or not names:
        client.wait_for_change()
        names = {tool["name"] for tool in client.ask("tools/list")["result"]["tools"]}
    return names


def test_an_export_is_a_file_where_no_task_is_looked_for(client: RawClient, folder: Path) -> None:
    create(client, "filed")
    exported = call(client, "export_tasks", tasks=["filed"], file="filed.zip")
    assert (exported["file"], exported["archive"]) == (".ratchet-exports/filed.zip", None)
    assert (folder / exported["file"]).stat().st_size == exported["bytes"]
    assert call(client, "export_tasks", tasks=["filed"], file="filed.zip")["error"]["code"] == "conflict"
    call(client, "edit_task", task="filed", version="0.2.0")
    assert call(client, "import_tasks", file=exported["file"])["error"]["code"] == "conflict"
    imported = call(client, "import_tasks", file=exported["file"], replace=True)["tasks"]
    assert (imported[0]["task"], Path(imported[0]["former"]).is_dir()) == ("filed@0.1.0", True)
    assert len(call(client, "list_tasks", query="filed")["tasks"]) == 1


def test_a_zip_of_one_task_is_called_as_it_says(client: RawClient) -> None:
    named = {**TASK, "metadata.json": b'{"name": "alone", "version": "2.0.0"}'}
    assert call(client, "import_tasks", archive=zipped(named))["tasks"][0]["task"] == "alone@2.0.0"
    deep = call(client, "import_tasks", archive=zipped(under("a/b/Deep Task")))["tasks"][0]
    assert (deep["task"], call(client, "execute_task", task="deep-task", input=None)["output"]) == (
        "deep-task@1.0.0",
        "came",
    )


@pytest.mark.parametrize("file", ["../x.zip", "a/b.zip", "/tmp/x.zip", "x", ".zip/..", "x\n.zip", "..zip/", "a\\b.zip"])
def test_an_export_goes_nowhere_else(client: RawClient, folder: Path, file: str) -> None:
    if not (folder / "kept").exists():
        create(client, "kept")
    before = files_below(folder.parent)
    assert call(client, "export_tasks", tasks=["kept"], file=file)["error"]["code"] == "invalid_input"
    assert files_below(folder.parent) == before


def test_an_export_through_a_link_is_refused(tmp_path: Path) -> None:
    folder = write_tasks(tmp_path / "tasks")
    (tmp_path / "outside").mkdir()
    (folder / ".ratchet-exports").symlink_to(tmp_path / "outside")
    with start_server(tmp_path, "--tasks", str(folder)) as client:
        client.initialize()
        assert call(client, "export_tasks", tasks=["total"], file="x.zip")["error"]["code"] == "invalid_input"
    assert list((tmp_path / "outside").iterdir()) == []


def test_an_export_that_is_too_large_for_an_answer_goes_to_a_file(client: RawClient) -> None:
    create(client, "large", source="// " + os.urandom(60_000).hex() + "\nexport default () => 1;")
    error = call(client, "export_tasks", tasks=["large"])["error"]
    assert (error["code"], error["hint"]) == ("output_limit", "Name a `file`")
    assert call(client, "export_tasks", tasks=["large"], file="large.zip")["bytes"] > 60_000
    assert call(client, "export_tasks", tasks=["large", "large"])["error"]["code"] == "invalid_input"
    assert call(client, "export_tasks", tasks=["never-there"])["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "archive",
    [
        zipped({"../evil/metadata.json": b"{}", "../evil/main.js": b"1"}),
        zipped({"/evil/metadata.json": b"{}", "/evil/main.js": b"1"}),
        zipped(under("a\\..\\b")),
        zipped({**under("one"), "one/link": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16),
        zipped({**under("bomb"), "bomb/zeros.txt": b"\0" * 30_000_000}),
        zipped({"readme.txt": b"no task"}),
        zipped({**under("fine"), "broken/metadata.json": b"{", "broken/main.js": b""}),
        zipped({**under("a/same"), **under("b/same")}),
        base64.b64encode(b"PK\x03\x04 and no more").decode(),
        base64.b64encode(b"").decode(),
        base64.b64encode(os.urandom(2000)).decode(),
    ],
    ids=["up", "absolute", "backslash", "link", "bomb", "no-task", "broken", "twice", "cut", "empty", "noise"],
)
def test_a_hostile_zip_writes_nothing(client: RawClient, folder: Path, archive: str) -> None:
    assert refusal(client, folder, archive=archive, replace=True) in ("invalid_task", "conflict")


@pytest.mark.parametrize("text", ["not base64!", "QQ", "QQ==QQ==", "é", "\n"])
def test_what_is_no_base64_is_refused(client: RawClient, folder: Path, text: str) -> None:
    assert refusal(client, folder, archive=text) == "invalid_input"


@pytest.mark.parametrize("file", ["../more.zip", "/etc/passwd", "away/x.zip", ".", "a//b"])
def test_a_zip_is_read_from_the_folder_alone(client: RawClient, folder: Path, file: str) -> None:
    (folder / "away").symlink_to(folder.parent)
    assert refusal(client, folder, file=file) == "invalid_input"
    (folder / "away").unlink()


def test_what_is_no_file_or_not_one_argument_is_refused(client: RawClient, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for file in ("pipe", "nowhere.zip", "first"):
        assert call(client, "import_tasks", file=file)["error"]["code"] == "not_found"
    (folder / "pipe").unlink()
    assert refusal(client, folder) == "invalid_input"
    assert refusal(client, folder, file="x", archive="") == "invalid_input"


def test_a_name_that_is_taken_stops_all(client: RawClient, folder: Path) -> None:
    create(client, "taken")
    both = zipped({**under("not-taken"), **under("taken")})
    assert refusal(client, folder, archive=both) == "conflict"
    (folder / "zz-link").symlink_to(folder.parent)
    linked = zipped({**under("not-taken"), **under("taken"), **under("zz-link")})
    assert call(client, "import_tasks", archive=linked, replace=True)["error"]["code"] == "refused"
    assert not (folder / "not-taken").exists()
    assert call(client, "describe_task", task="taken")["version"] == "0.1.0"
    (folder / "zz-link").unlink()


def test_what_is_packed_is_unpacked_however_well_it_shrinks() -> None:
    files = {"zeros.txt": b"\0" * 5_000_000, "empty": b"", "a/b.js": b"1"}
    assert unpack_archive(pack_archive(files), "x.zip") == files
    assert pack_archive(files) == pack_archive(dict(reversed(files.items())))
