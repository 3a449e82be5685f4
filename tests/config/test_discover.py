"""Where the configuration file is looked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs
import pytest

from ratchet.config.discover import config_folders, find_file
from ratchet.errors import InvalidConfig, NotFound


def found(named: str | None = None) -> str | None:
    """Return the path of the file that is found."""
    return find_file(named, os.environ).path


def test_the_order_of_the_places(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [
        tmp_path / "system" / "ratchet" / "ratchet.yaml",
        tmp_path / "home" / ".config" / "ratchet" / "ratchet.yaml",
        folder / "ratchet.yaml",
    ]
    assert found() is None
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
        assert Path(found() or "").resolve() == place
    (folder / "by-variable.yaml").write_text("")
    monkeypatch.setenv("RATCHET_CONFIG", "by-variable.yaml")
    assert found() == "by-variable.yaml"
    (folder / "named.yaml").write_text("")
    assert found("named.yaml") == "named.yaml"


@pytest.mark.parametrize("marked", ["repository", "home", "nothing"])
def test_the_way_upwards_ends_at_the_repository_or_at_home(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marked: str
) -> None:
    (folder / "inner" / "deep").mkdir(parents=True)
    (folder / "ratchet.yaml").write_text("")
    monkeypatch.chdir(folder / "inner" / "deep")
    if marked == "repository":
        (folder / ".git").mkdir()
    if marked == "home":
        monkeypatch.setenv("HOME", str(folder))
    above = None if marked == "nothing" else os.path.join("..", "..", "ratchet.yaml")
    assert found() == above
    (folder / "inner" / ".git").mkdir()
    assert found() is None
    (folder / "inner" / "deep" / "ratchet.yaml").write_text("")
    assert found() == "ratchet.yaml"


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no user id")
def test_a_file_of_somebody_else_is_left_out_unless_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ratchet.yaml").write_text("")
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    passed = find_file(None, os.environ)
    assert passed.path is None
    assert passed.warnings[0].message == "`ratchet.yaml` is left out: it belongs to somebody else"
    assert found("ratchet.yaml") == "ratchet.yaml"


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed there")
def test_a_working_folder_that_is_gone_holds_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    assert found() is None
    monkeypatch.chdir(folder)


def test_what_is_no_file_is_passed_over(folder: Path) -> None:
    (folder / "ratchet.yaml").mkdir()
    assert found() is None
    with pytest.raises(InvalidConfig, match="cannot be read"):
        found("ratchet.yaml")


def test_a_named_file_that_is_not_there_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "settings.yaml").write_text("")
    with pytest.raises(NotFound, match=r"`setings\.yaml` is not there") as caught:
        found("setings.yaml")
    assert caught.value.hint == "Did you mean `settings.yaml`?"
    monkeypatch.setenv("RATCHET_CONFIG", "missing.yaml")
    with pytest.raises(NotFound):
        found()


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("#" * (1024 * 1024 + 1))
    with pytest.raises(InvalidConfig, match="larger than 1 MB"):
        found()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize("user", ["", "/own", "relative"])
@pytest.mark.parametrize("system", ["", "/one:/two", "/one:relative"])
def test_the_folders_are_those_of_platformdirs(user: str, system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", user)
    monkeypatch.setenv("XDG_CONFIG_DIRS", system)
    # The specification has relative paths ignored, which platformdirs does not do for these.
    if "relative" not in user + system:
        site = platformdirs.site_config_dir("ratchet", appauthor=False, multipath=True).split(":")
        assert config_folders(os.environ) == [platformdirs.user_config_dir("ratchet", appauthor=False), *site]
    assert all(os.path.isabs(folder) for folder in config_folders(os.environ))
