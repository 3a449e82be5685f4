"""Tasks are found by name; edits are noticed; one broken task hides no other."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ratchet.errors import InvalidTask, NotFound, RatchetError
from ratchet.registry.catalogue import Catalogue, Offer, names_in
from ratchet.registry.lock import Lock
from ratchet.registry.source import Source
from ratchet.registry.store import Store
from tests.registry.conftest import MakeCatalogue, offered
from tests.repositories import settle, write_task


def two_sources(folder: Path, lock: Lock | None = None) -> Catalogue:
    """Return a catalogue of the folders `one` and `two`."""
    sources = [Source(name, str(folder / name), "filesystem") for name in ("one", "two")]
    return Catalogue(sources, Store(None), lock or Lock("ratchet.lock"))


def text_of(catalogue: Catalogue, name: str) -> str:
    """Find a task and return its source text."""
    task, _ = catalogue.find(name)
    return task.files[task.entrypoint].decode()


def write_versions(folder: Path, *versions: str) -> None:
    """Write a task in several versions, a folder each."""
    for version in versions:
        write_task(folder / version, "total", version)


@pytest.mark.parametrize(
    ("asked", "version"),
    [("total", "1.10.0"), ("total@1.9", "1.9.0"), ("one/total@^1.0", "1.10.0"), ("total@2.0.0-rc.1", "2.0.0-rc.1")],
)
def test_the_highest_version_that_fits_is_found(folder: Path, asked: str, version: str) -> None:
    write_versions(folder / "one", "1.9.0", "1.10.0", "2.0.0-rc.1")
    write_task(folder / "two", "other")
    task, source = two_sources(folder).find(asked)
    assert (task.version, source) == (version, "one")


def test_the_version_that_is_pinned_comes_before_a_higher_one(folder: Path) -> None:
    write_versions(folder / "one", "1.0.0")
    (folder / "two").mkdir()
    offers = two_sources(folder).read()
    lock = Lock("ratchet.lock").with_source("one", offers[0].contents.entries)
    write_versions(folder / "one", "2.0.0")
    assert two_sources(folder, lock).find("total")[0].version == "1.0.0"
    assert two_sources(folder).find("total")[0].version == "2.0.0"


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("othr", "There is no task `othr` in any source", "Did you mean `other`?"),
        ("one/othr", "There is no task `othr` in `one`", "Did you mean `one/other`?"),
        ("on/total", "There is no source `on`", "Did you mean `one/total`?"),
        ("total", "`total` is in 2 sources", "Name one of `one/total`, `two/total`"),
        ("one/total@3", "There is no `one/total@3`", "There are `1.0.0`"),
        ("one/total@newest", "`newest` is neither a version nor a range", None),
        ("zzzzzz", "There is no task `zzzzzz` in any source", "`ratchet list` shows the tasks of all sources"),
    ],
)
def test_a_miss_says_what_was_meant(folder: Path, asked: str, message: str, hint: str | None) -> None:
    for source in ("one", "two"):
        write_task(folder / source, "total")
    write_task(folder / "one", "other")
    with pytest.raises(NotFound) as caught:
        two_sources(folder).find(asked)
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_names_are_short_where_one_source_has_them(folder: Path) -> None:
    for source in ("one", "two"):
        write_task(folder / source, "total")
    write_task(folder / "one", "other")
    names = names_in(two_sources(folder).read())
    assert names == ["other", "one/other", "one/total", "two/total"]


def test_an_edit_is_noticed_and_nothing_else_is_read_again(folder: Path, catalogue: MakeCatalogue) -> None:
    edited, kept = write_task(folder, "edited"), write_task(folder, "kept")
    settle(folder)
    shared = catalogue(folder)
    before = {entry.name: entry.load() for entry in shared.read()[0].contents.entries}
    (edited / "main.js").write_text("() => 'another'")
    after = {entry.name: entry.load() for entry in shared.read()[0].contents.entries}
    assert after["kept"] is before["kept"]
    assert after["edited"].digest != before["edited"].digest
    write_task(folder, "added")
    (kept / "metadata.json").unlink()
    assert offered(shared) == ["added@1.0.0", "edited@1.0.0"]


def test_of_two_edits_in_one_tick_of_the_clock_none_is_missed(folder: Path, catalogue: MakeCatalogue) -> None:
    shared = catalogue(folder)
    source = write_task(folder, source="() => 1") / "main.js"
    settle(folder)
    # Later than any time at which the task can be read: how fast that is does not matter here.
    tick = time.time() + 3600
    for text in ("() => 2", "() => 3"):
        source.write_text(text)
        os.utime(source, (tick, tick))
        assert text_of(shared, "total") == text


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda folder: write_task(folder, "total", source="() => 'edited'"), "() => 'edited'"),
        (lambda folder: write_task(folder, "total", "1.1.0"), "() => 'total 1.1.0'\n"),
        (lambda folder: write_task(folder / "group", "total", "1.1.0"), "() => 'total 1.1.0'\n"),
        (lambda folder: write_task(folder / "group/deep", "total", "1.1.0"), "() => 'total 1.1.0'\n"),
        (lambda folder: (folder / "total/main.js").rename(folder / "total/index.js"), None),
        (lambda folder: shutil.rmtree(folder / "total"), None),
        (lambda folder: (folder / "total").rename(folder / ".total"), None),
    ],
)
def test_what_has_changed_is_found_as_it_is_now(
    folder: Path, catalogue: MakeCatalogue, change: Callable[[Path], object], found: str | None
) -> None:
    write_task(folder, "other")
    write_task(folder, "total")
    (folder / "group").mkdir()
    settle(folder)
    shared = catalogue(folder)
    shared.find("total")
    change(folder)
    if found is None:
        with pytest.raises(RatchetError):
            shared.find("total")
    else:
        assert text_of(shared, "total") == found


def test_one_task_is_found_without_a_look_at_the_others(folder: Path, catalogue: MakeCatalogue) -> None:
    for name in ("other", "total"):
        write_task(folder, name)
    settle(folder)
    shared = catalogue(folder)
    (before,) = shared.read()
    write_task(folder, "other", "1.1.0")
    seen: list[Offer] = []
    shared.find("total", seen.append)
    assert seen[0].contents is before.contents
    assert offered(shared) == ["other@1.1.0", "total@1.0.0"]


def test_a_task_that_is_new_by_its_name_alone_is_found(folder: Path, catalogue: MakeCatalogue) -> None:
    write_task(folder, "total")
    settle(folder)
    shared = catalogue(folder)
    shared.find("total")
    facts = folder / "total/metadata.json"
    facts.write_text(facts.read_text().replace('"total"', '"sum"'))
    assert shared.find("sum")[0].name == "sum"


def test_a_broken_task_is_said_to_be_so_by_name(folder: Path, catalogue: MakeCatalogue) -> None:
    (write_task(folder, "broken") / "metadata.json").write_text("{")
    write_task(folder, "sound")
    shared = catalogue(folder)
    assert offered(shared) == ["sound@1.0.0"]
    with pytest.raises(InvalidTask, match="The JSON ends too early"):
        shared.find("broken")


def test_of_two_tasks_with_one_name_and_version_one_is_left_out(folder: Path, catalogue: MakeCatalogue) -> None:
    write_task(folder / "a", "total")
    write_task(folder / "b", "total")
    (offer,) = catalogue(folder).read()
    assert [entry.location for entry in offer.contents.entries] == [str(folder / "a/total")]
    assert "is `total@1.0.0` too" in offer.contents.problems[0].message


def test_a_zip_of_tasks_is_a_source(folder: Path, catalogue: MakeCatalogue) -> None:
    for name in ("one", "two"):
        write_task(folder / "unpacked/tasks", name)
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for path in sorted((folder / "unpacked").rglob("*.js*")):
            archive.write(path, path.relative_to(folder / "unpacked"))
    shared = catalogue(folder / "all.zip", subdirectory="tasks")
    assert offered(shared) == ["one@1.0.0", "two@1.0.0"]
    task, _ = shared.find("two")
    assert task.foreign
    assert task.path_of("main.js") == str(folder / "all.zip/tasks/two/main.js")
    assert offered(catalogue(folder / "all.zip", subdirectory="nowhere"))[0].startswith("There is no folder `nowhere`")
    (folder / "all.zip").write_bytes(b"PK no more")
    assert "is not a sound ZIP archive" in offered(shared)[0]


def test_tasks_of_a_source_call_their_neighbours(folder: Path, catalogue: MakeCatalogue) -> None:
    write_task(folder, "caller", permissions={"tasks": ["called"]})
    write_task(folder, "called")
    shared = catalogue(folder)
    assert shared.finder("shared")("called").name == "called"
    with pytest.raises(RatchetError, match="There is no task `absent` in `shared`"):
        shared.finder("shared")("absent")
