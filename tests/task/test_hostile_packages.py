"""Whatever a package holds, it is a task or it is refused: soon, in little memory, without a look at anything else."""

from __future__ import annotations

import io
import json
import random
import socket
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchet.errors import InvalidTask, RatchetError
from ratchet.task.load import load_task
from ratchet.task.schema import check_schema, check_value, compile_schema, fill_defaults
from ratchet.task.schema_of_task import check_task_schemas
from tests.task.hostile_values import BOMBS, GOOD, MEMBERS, METADATA, SCHEMAS, VALUES, YAML_ODDITIES
from tests.task.watched import Forbidden, TooSlow, watched

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="bounds memory by the limits of POSIX")

FUZZ = settings(max_examples=200, deadline=None)
MakeFolder = Callable[[str], Path]


def load(outer: Path, folder: Path) -> None:
    """Load a task under watch and check its schemas; only errors of our own may come out."""
    with watched(outer):
        try:
            task = load_task(str(folder))
            check_task_schemas(task)
        except RatchetError:
            return
    assert not any(name.startswith("/") or ".." in name.split("/") for name in task.files)


# One folder for all examples of a test: each writes over the file of the one before.
@pytest.fixture(scope="module")
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> MakeFolder:
    """Return a function that makes a folder with a source and a second schema; beside it stands what is none of its."""

    def make(name: str) -> Path:
        outer = tmp_path_factory.mktemp(name)
        (outer / "outside.json").write_text("true")
        folder = outer / "task"
        folder.mkdir()
        (folder / "main.js").write_text("(input) => input")
        (folder / "other.json").write_text('{"a": {"type": "string"}}')
        return folder

    return make


@pytest.fixture(scope="module")
def package(make_folder: MakeFolder) -> Path:
    """Return a folder that lacks metadata in JSON."""
    return make_folder("package")


@pytest.fixture(scope="module")
def yaml_package(make_folder: MakeFolder) -> Path:
    """Return a folder that lacks metadata in YAML."""
    return make_folder("yaml")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for an archive."""
    return tmp_path_factory.mktemp("archives")


@FUZZ
@given(METADATA, st.booleans())
def test_any_metadata_is_taken_or_refused(package: Path, metadata: dict[str, Any], complete: bool) -> None:
    (package / "metadata.json").write_text(json.dumps({**GOOD, **metadata} if complete else metadata))
    load(package, package)


@FUZZ
@given(METADATA, st.lists(st.tuples(st.floats(0, 1), st.sampled_from(YAML_ODDITIES)), max_size=3))
def test_any_yaml_is_taken_or_refused(
    yaml_package: Path, metadata: dict[str, Any], odd: list[tuple[float, str]]
) -> None:
    text = yaml.safe_dump({**GOOD, **metadata}, allow_unicode=True)
    for place, oddity in odd:
        at = int(place * len(text))
        text = text[:at] + oddity + text[at:]
    (yaml_package / "metadata.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    load(yaml_package, yaml_package)


@pytest.mark.parametrize("file", ["metadata.yaml", "metadata.json"])
@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_are_refused(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / "main.js").write_text("() => 1")
    (tmp_path / file).write_text(text)
    with watched(tmp_path), pytest.raises(InvalidTask):
        load_task(str(tmp_path))


@FUZZ
@given(SCHEMAS, VALUES | st.just("a" * 40 + "b"))
def test_any_schema_is_compiled_or_refused(package: Path, schema: Any, value: Any) -> None:
    (package / "metadata.json").write_text(json.dumps({**GOOD, "input_schema": schema}))
    load(package, package)
    files = {"other.json": (package / "other.json").read_bytes()}
    with watched(package):
        problems = check_schema(schema, files=files)
        try:
            compiled = compile_schema(schema, files=files)
        except InvalidTask:
            assert problems
            return
        assert problems == []
        check_value(compiled, fill_defaults(compiled, value))


@FUZZ
@given(MEMBERS, st.booleans(), st.just([]) | st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=2)), max_size=2))
def test_any_archive_is_taken_or_refused(
    empty: Path, members: list[tuple[str, bytes]], whole: bool, changes: list[tuple[float, bytes]]
) -> None:
    data = archive_of(members, whole)
    for place, change in changes:
        at = int(place * len(data))
        data = data[:at] + change + data[at + 1 :]
    (empty / "task.zip").write_bytes(data)
    load(empty, empty / "task.zip")
    assert [path.name for path in empty.iterdir()] == ["task.zip"]


def archive_of(members: list[tuple[str, bytes]], whole: bool) -> bytes:
    """Return a ZIP with these members, and with a sound task besides if told."""
    data = io.BytesIO()
    good = {"metadata.json": json.dumps(GOOD).encode(), "main.js": b"() => 1"} if whole else {}
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in {**good, **dict(members)}.items():
            entry = zipfile.ZipInfo()
            # Set later, since the constructor would make it neat.
            entry.filename = name
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def test_a_mutation_is_not_what_makes_every_archive_unsound(empty: Path) -> None:
    (empty / "task.zip").write_bytes(archive_of([], True))
    assert load_task(str(empty / "task.zip")).files == {
        "main.js": b"() => 1",
        "metadata.json": json.dumps(GOOD).encode(),
    }


REACHES: dict[str, Callable[[Path], object]] = {
    "a file elsewhere": lambda _folder: Path("/etc/hostname").read_bytes(),
    "a new file inside": lambda folder: (folder / "new").write_bytes(b""),
    "a folder elsewhere": lambda _folder: list(Path("/etc").iterdir()),
    "a connection": lambda _folder: socket.create_connection(("127.0.0.1", 9)),
    "an address": lambda _folder: socket.getaddrinfo("localhost", 80),
}


@pytest.mark.parametrize("reach", REACHES.values(), ids=REACHES.keys())
def test_the_watch_sees_a_reach_for(tmp_path: Path, reach: Callable[[Path], object]) -> None:
    with pytest.raises(Forbidden), watched(tmp_path):
        reach(tmp_path)


def test_the_watch_ends_what_takes_too_long(tmp_path: Path) -> None:
    with pytest.raises(TooSlow), watched(tmp_path):
        spin()


def test_the_watch_bounds_memory(tmp_path: Path) -> None:
    with pytest.raises(MemoryError), watched(tmp_path):
        bytes(1 << 30)


def spin() -> None:
    """Take time and do nothing."""
    chance = random.Random(0)
    while chance.random() < 2:
        pass
