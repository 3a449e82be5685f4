"""Stand in an empty folder with an environment that says nothing, and load what is written there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ratchet.config.configuration import Configuration
from ratchet.config.load import load_configuration
from ratchet.errors import InvalidConfig

Load = Callable[..., Configuration]
Refuse = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    for name in [name for name in os.environ if name.startswith("RATCHET_")]:
        monkeypatch.delenv(name)
    for name in ("home", "work", "system"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def load(folder: Path) -> Load:
    """Return a function that loads a text as the configuration file, found or named, under variables."""

    def load_it(text: str | None = None, *, named: bool = False, **variables: str) -> Configuration:
        if text is not None:
            (folder / "ratchet.yaml").write_text(text, encoding="utf-8")
        file = "ratchet.yaml" if named else None
        return load_configuration(file=file, environment={**os.environ, **variables})

    return load_it


@pytest.fixture
def refuse(load: Load) -> Refuse:
    """Return a function that loads a text that is refused, and returns each problem as `line:column sentence`."""

    def refuse_it(text: str | None = None, *, named: bool = False, **variables: str) -> list[str]:
        with pytest.raises(InvalidConfig) as caught:
            load(text, named=named, **variables)
        return [
            (f"{problem.place.line}:{problem.place.column} " if problem.place else "") + problem.message
            for problem in caught.value.problems
            if problem.severity == "error"
        ]

    return refuse_it
