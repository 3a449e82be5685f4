"""A program that runs for long hears of what has changed."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from ratchet.registry import watching
from ratchet.registry.catalogue import Offer
from ratchet.registry.watching import Watcher
from tests.registry.conftest import MakeCatalogue
from tests.repositories import Repository, write_task

_SECONDS = 30


def names_in(offer: Offer) -> list[str]:
    """Return what a source offers."""
    return [f"{entry.name}@{entry.version}" for entry in offer.contents.entries]


def test_an_edit_of_a_watched_folder_is_heard_of(folder: Path, catalogue: MakeCatalogue) -> None:
    write_task(folder / "tasks")
    heard: queue.Queue[Offer] = queue.Queue()
    with Watcher(catalogue(folder / "tasks", watch=True, polling_seconds=1), heard.put):
        write_task(folder / "tasks", version="1.1.0")
        assert names_in(heard.get(timeout=_SECONDS)) == ["total@1.1.0"]


def test_a_source_is_polled(repository: Repository, catalogue: MakeCatalogue) -> None:
    write_task(repository.folder)
    repository.commit()
    heard: queue.Queue[Offer] = queue.Queue()
    with Watcher(catalogue(repository.folder, type="git", polling_seconds=0.1), heard.put):
        write_task(repository.folder, version="2.0.0")
        repository.commit()
        assert names_in(heard.get(timeout=_SECONDS)) == ["total@2.0.0"]


def test_without_the_library_a_watched_folder_is_polled(
    folder: Path, catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "can_watch", lambda: False)
    write_task(folder / "tasks")
    heard: queue.Queue[Offer] = queue.Queue()
    with Watcher(catalogue(folder / "tasks", watch=True, polling_seconds=0.1), heard.put):
        write_task(folder / "tasks", "another")
        assert names_in(heard.get(timeout=_SECONDS)) == ["another@1.0.0", "total@1.0.0"]


def test_a_folder_that_cannot_be_watched_is_polled(
    folder: Path, catalogue: MakeCatalogue, caplog: pytest.LogCaptureFixture
) -> None:
    write_task(folder / "tasks")
    heard: queue.Queue[Offer] = queue.Queue()
    watcher = Watcher(catalogue(folder / "tasks", watch=True), heard.put)
    (folder / "tasks").rename(folder / "away")
    with watcher:
        assert names_in(heard.get(timeout=_SECONDS)) == []
        (folder / "away").rename(folder / "tasks")
        assert names_in(heard.get(timeout=_SECONDS)) == ["total@1.0.0"]
    (record,) = caplog.records
    assert record.message.startswith("Folders of tasks cannot be watched, and are read again and again: ")


def test_what_has_not_changed_is_not_heard_of(folder: Path, catalogue: MakeCatalogue) -> None:
    write_task(folder / "tasks")
    heard: list[Offer] = []
    watcher = Watcher(catalogue(folder / "tasks"), heard.append)
    (folder / "tasks/total/main.js").touch()
    watcher.look("shared")
    assert heard == []
    write_task(folder / "tasks", version="1.1.0")
    watcher.look("shared")
    watcher.look("shared")
    assert [names_in(offer) for offer in heard] == [["total@1.1.0"]]
