"""Stand in an empty folder, with a git that knows nothing of whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ratchet.registry.catalogue import Catalogue
from ratchet.registry.lock import Lock
from ratchet.registry.source import Source, type_of
from ratchet.registry.store import Store
from tests.repositories import Repository

MakeCatalogue = Callable[..., Catalogue]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    for name in ("work", "home", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return an empty repository."""
    return Repository(tmp_path / "elsewhere")


@pytest.fixture
def catalogue(tmp_path: Path) -> MakeCatalogue:
    """Return a function that makes a catalogue of one source, called `shared`."""

    def make(uri: str | Path, *, offline: bool = False, lock: Lock | None = None, **facts: Any) -> Catalogue:
        kind = facts.pop("type", None) or type_of(str(uri)) or "filesystem"
        source = Source("shared", str(uri), kind, **facts)
        return Catalogue([source], Store(str(tmp_path / "cache")), lock or Lock("ratchet.lock"), offline=offline)

    return make


def offered(catalogue: Catalogue) -> list[str]:
    """Return what the only source of a catalogue offers now, or why it cannot be used."""
    (offer,) = catalogue.read(fresh=True)
    if offer.contents.state == "unusable":
        return [offer.contents.detail]
    return [f"{entry.name}@{entry.version}" for entry in offer.contents.entries]
