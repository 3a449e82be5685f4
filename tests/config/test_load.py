"""Which source wins, and what is kept between commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ratchet.cache import Cache, key_of
from ratchet.config.configuration import LogTarget
from ratchet.config.load import load_configuration
from ratchet.config.settings import default_values
from ratchet.errors import InvalidConfig
from ratchet.task.model import Limits
from tests.config.conftest import Load

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS_LIBRARIES = {"pydantic", "pydantic_core", "pydantic_settings", "yaml", "platformdirs"}


def test_without_file_and_variables_the_defaults_hold(load: Load) -> None:
    configuration = load()
    assert configuration.values == default_values()
    assert configuration.limits == Limits()
    assert configuration.logging.targets == (LogTarget(),)
    assert {origin.kind for origin in configuration.origins().values()} == {"default"}


def test_a_flag_wins_over_a_variable_over_the_file_over_the_default(folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("execution:\n  timeout_seconds: 7\n  timers: 8\n  cpu_seconds: 9\n")
    variables = {"RATCHET_EXECUTION__TIMEOUT_SECONDS": "6", "RATCHET_EXECUTION__TIMERS": "5"}
    configuration = load_configuration(flags={"--timeout": 4}, environment={**os.environ, **variables})
    limits = configuration.limits
    assert (limits.timeout_seconds, limits.timers, limits.cpu_seconds, limits.console_lines) == (4, 5, 9, 1000)
    origins = configuration.origins()
    assert origins["execution.timeout_seconds"] == ("flag", "--timeout", None)
    assert origins["execution.timers"] == ("environment", "RATCHET_EXECUTION__TIMERS", None)
    assert origins["execution.cpu_seconds"] == ("file", "ratchet.yaml", 4)
    assert origins["execution.console_lines"] == ("default", "", None)


def test_who_asks_for_more_time_gets_it_for_computing_too() -> None:
    assert load_configuration(flags={"--timeout": 100.0}).limits.cpu_seconds == 100


def test_a_flag_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidConfig, match="`--memory` is `5`, not a whole number from 1,048,576"):
        load_configuration(flags={"--memory": 5})
    with pytest.raises(InvalidConfig) as caught:
        load_configuration(flags={"--log-level": "eror"})
    assert caught.value.hint == "Did you mean `error`?"


def test_values_are_kept_and_found_again(folder: Path, tmp_path: Path) -> None:
    (folder / "ratchet.yaml").write_text(
        "execution: {max_execution_duration: 7}\nlogging: {level: '${LEVEL:-error}'}\n"
    )
    first = load_configuration(cache_folder=str(tmp_path / "cache"))
    (kept,) = (tmp_path / "cache" / "configuration").iterdir()
    cache = Cache(str(tmp_path / "cache"))
    document = cache.load("configuration", kept.name)
    assert document is not None
    document["values"]["execution.timers"] = 77
    cache.save("configuration", kept.name, document)
    second = load_configuration(cache_folder=str(tmp_path / "cache"))
    assert second.values == {**first.values, "execution.timers": 77}
    assert second.warnings[0].message == "`execution.max_execution_duration` is `execution.timeout_seconds` now"
    assert first.warnings == second.warnings


def test_a_flag_is_not_kept(folder: Path, tmp_path: Path) -> None:
    (folder / "ratchet.yaml").write_text("execution: {timers: 3}")
    cache = str(tmp_path / "cache")
    assert load_configuration(cache_folder=cache, flags={"--timeout": 3}).limits.timeout_seconds == 3
    assert load_configuration(cache_folder=cache).limits == Limits(timers=3)
    assert load_configuration(cache_folder=cache, flags={"--timeout": 4}).limits.timeout_seconds == 4


@pytest.mark.parametrize(
    "change",
    [
        {"RATCHET_EXECUTION__TIMERS": "3"},
        {"LEVEL": "debug"},
        {"HOME": "/elsewhere"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_kept_does_not_survive_a_change(folder: Path, tmp_path: Path, change: dict[str, str]) -> None:
    (folder / "ratchet.yaml").write_text("logging: {level: '${LEVEL:-error}'}\ncache: {folder: ~/kept}\n")
    cache = str(tmp_path / "cache")
    before = load_configuration(cache_folder=cache)
    after = load_configuration(cache_folder=cache, environment={**os.environ, **change})
    assert len(list((tmp_path / "cache" / "configuration").iterdir())) == 2
    assert before.values["logging.level"] == "error"
    assert after.values["logging.level"] == change.get("LEVEL", "error")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        '{"values": {}, "warnings": []}',
        '{"values": null, "warnings": null}',
        "[" * 100_000,
        '{"values": {VALUES, "execution.memory_bytes": 999999999999}, "warnings": []}',
        '{"values": {VALUES, "execution.timeout_seconds": 1' + "0" * 400 + '}, "warnings": []}',
        '{"values": {VALUES, "execution.timeout_seconds": "7"}, "warnings": []}',
        '{"values": {VALUES, "execution.workers.min": 50, "execution.workers.max": 4}, "warnings": []}',
        '{"values": {VALUES, "logging.targets": [{"type": "file"}]}, "warnings": []}',
        '{"values": {VALUES, "another": 1}, "warnings": []}',
        '{"values": {VALUES}, "warnings": [{"message": 3, "file": null, "text": null, "pointer": null, "hint": null}]}',
        '{"values": {VALUES}, "warnings": ["text"]}',
    ],
)
def test_a_kept_file_that_does_not_fit_is_ignored(folder: Path, tmp_path: Path, text: str) -> None:
    (folder / "ratchet.yaml").write_text("execution: {timers: 3}")
    cache = str(tmp_path / "cache")
    first = load_configuration(cache_folder=cache)
    (kept,) = (tmp_path / "cache" / "configuration").iterdir()
    payload = text.replace("VALUES", json.dumps(first.values)[1:-1]).encode()
    kept.write_bytes(key_of("configuration", kept.name, payload).encode() + payload)
    assert load_configuration(cache_folder=cache)[:2] == first[:2]
    document = Cache(cache).load("configuration", kept.name)
    assert document is not None
    assert document["values"] == first.values


def test_nothing_is_kept_where_the_cache_is_off_or_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (folder / "ratchet.yaml").write_text("cache: {enabled: false}")
    load_configuration(cache_folder=str(tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()
    (folder / "ratchet.yaml").write_text("cache: {enabled: true}")
    (tmp_path / "cache").write_text("in the way")
    assert load_configuration(cache_folder=str(tmp_path / "cache")).values == default_values()


def test_what_nobody_asks_for_again_is_forgotten(folder: Path, tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"))
    for number in range(300):
        cache.save("inspected", key_of(str(number)), number)
    (folder / "ratchet.yaml").write_text("cache: {max_bytes: 1048576}")
    load_configuration(cache_folder=cache.folder)
    status = cache.status()
    assert status["configuration"].entries == 1
    assert status["inspected"].size_bytes <= 786_432


def loaded_modules(folder: Path, cache: Path) -> set[str]:
    """Return the packages that a fresh interpreter has loaded with the configuration of a folder."""
    code = (
        "import sys, json; from ratchet.config.load import load_configuration; "
        "load_configuration(cache_folder=sys.argv[1], flags={'--timeout': 5}); print(json.dumps(list(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    output = subprocess.check_output([sys.executable, "-P", "-c", code, str(cache)], env=environment, cwd=folder)
    return {module.partition(".")[0] for module in json.loads(output)}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is asked for the folders")
def test_the_settings_library_is_loaded_only_when_something_has_changed(folder: Path, tmp_path: Path) -> None:
    assert loaded_modules(folder, tmp_path / "cache") & SETTINGS_LIBRARIES == set()
    (folder / "ratchet.yaml").write_text("execution: {timers: 3}")
    assert loaded_modules(folder, tmp_path / "cache") >= {"pydantic_settings", "yaml"}
    assert loaded_modules(folder, tmp_path / "cache") & SETTINGS_LIBRARIES == set()
