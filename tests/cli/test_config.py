"""`ratchet config`: validate, generate, show, schema."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from inline_snapshot import snapshot

from ratchet.cli.config import _TYPES
from ratchet.config.generate import TYPES
from ratchet.config.load import load_configuration
from ratchet.config.settings import SECTIONS, SETTINGS
from ratchet.task.yaml_text import parse_yaml
from tests.cli.conftest import Command


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let neither a variable nor a file of whoever runs the tests have a say."""
    for name in [name for name in os.environ if name.startswith("RATCHET_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))


def test_a_sound_file_is_ok(ratchet: Command, folder: Path) -> None:
    assert ratchet("config", "validate") == "exit 0\n--- stdout\nNo configuration file: ok\n"
    (folder / "ratchet.yaml").write_text("execution: {timers: 3}\n")
    assert ratchet("config", "validate") == "exit 0\n--- stdout\nratchet.yaml: ok\n"
    for arguments in (["ratchet.yaml"], ["--config-file", "ratchet.yaml"], ["--config", "ratchet.yaml"]):
        assert ratchet("config", "validate", *arguments) == "exit 0\n--- stdout\nratchet.yaml: ok\n"
    assert ratchet("config", "validate", "x", "--config-file", "y").startswith("exit 2\n")


def test_every_problem_is_shown_with_its_place(ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ratchet.yaml").write_text("execution:\n  timout_seconds: 3\n  max_execution_duration: x\n")
    monkeypatch.setenv("RATCHET_EXECUTION__TIMERS", "-1")
    assert ratchet("config", "validate") == snapshot("""\
exit 3
--- stdout
ratchet.yaml: 4 problems
error: `execution` has no key `timout_seconds`
  --> ratchet.yaml:2:3
   |
 2 |   timout_seconds: 3
   |   ^
  = hint: Did you mean `timeout_seconds`?
warning: `execution.max_execution_duration` is `execution.timeout_seconds` now
  --> ratchet.yaml:3:3
   |
 3 |   max_execution_duration: x
   |   ^
  = hint: Write `execution.timeout_seconds`
error: `execution.max_execution_duration` is `"x"`, not a number above 0 and at most 86,400
  --> ratchet.yaml:3:27
   |
 3 |   max_execution_duration: x
   |                           ^
  `RATCHET_EXECUTION__TIMERS` is `"-1"`, not a whole number from 0 to 1,000,000
--- stderr
Hint: `ratchet config schema` says what each key takes
""")


def test_the_report_as_json(ratchet: Command, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("logging: {level: loud}\n")
    assert ratchet("config", "validate", "--json") == snapshot("""\
exit 3
--- stdout
{
  "file": "ratchet.yaml",
  "valid": false,
  "problems": [
    {
      "severity": "error",
      "message": "`logging.level` is `\\"loud\\"`, not `debug`, `info`, `warning` or `error`",
      "file": "ratchet.yaml",
      "line": 1,
      "column": 18,
      "text": "logging: {level: loud}",
      "pointer": "/logging/level",
      "hint": null
    }
  ]
}
""")


def test_a_warning_leaves_a_file_valid(ratchet: Command, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("logging: {level: warn}\n")
    assert ratchet("config", "validate") == snapshot("""\
exit 0
--- stdout
ratchet.yaml: 1 problem
warning: `warn` for `logging.level` is `warning` now
  --> ratchet.yaml:1:18
   |
 1 | logging: {level: warn}
   |                  ^
""")


def test_what_a_file_names_must_be_there(ratchet: Command, folder: Path) -> None:
    (folder / "in the way").write_text("")
    (folder / "logs").mkdir()
    (folder / "ratchet.yaml").write_text("""\
cache:
  folder: in the way/cache
logging:
  targets:
    - {type: file, path: nowhere/x.log}
    - {type: file, path: logs}
    - {type: file, path: logs/x.log}
""")
    reply = ratchet("config", "validate").replace(str(folder), "WORK")
    assert reply == snapshot("""\
exit 3
--- stdout
ratchet.yaml: 3 problems
error: `cache.folder` is `WORK/in the way/cache`, but `WORK/in the way` is no folder
  --> ratchet.yaml:2:11
   |
 2 |   folder: in the way/cache
   |           ^
error: `logging.targets[0].path` is `WORK/nowhere/x.log`, but the folder `WORK/nowhere` is not there
  --> ratchet.yaml:5:26
   |
 5 |     - {type: file, path: nowhere/x.log}
   |                          ^
  = hint: `mkdir -p WORK/nowhere` makes it
error: `logging.targets[1].path` is `WORK/logs`, which is a folder
  --> ratchet.yaml:6:26
   |
 6 |     - {type: file, path: logs}
   |                          ^
  = hint: Name a file in it
--- stderr
Hint: `ratchet config schema` says what each key takes
""")


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("kind", TYPES)
def test_a_generated_file_is_valid_and_means_what_it_sets(ratchet: Command, folder: Path, kind: str, form: str) -> None:
    file = f"ratchet.{form}"
    assert ratchet("config", "generate", "--type", kind, "--format", form, "--output", file) == (
        f"exit 0\n--- stdout\n{file}\n"
    )
    assert ratchet("config", "validate", file) == f"exit 0\n--- stdout\n{file}: ok\n"
    configuration = load_configuration(file=file)
    set_here = {key for key, origin in configuration.origins().items() if origin.kind == "file"}
    assert set_here == TYPES[kind].values.keys()
    schema = json.loads(ratchet("config", "schema").partition("--- stdout\n")[2])
    jsonschema.validate(parse_yaml((folder / file).read_text(), file=file), schema)


@pytest.mark.parametrize("kind", ["dev", "production"])
def test_a_complete_file_lists_every_key_with_its_default(ratchet: Command, folder: Path, kind: str) -> None:
    text = ratchet("config", "generate", "--config-type", kind).partition("--- stdout\n")[2]
    assert text.startswith("# yaml-language-server: $schema=./ratchet.schema.json\n")
    lines = [line.replace("# ", "", 1) if not line.strip()[2:3].isupper() else "" for line in text.splitlines()[3:]]
    (folder / "all.yaml").write_text("\n".join(lines))
    assert ratchet("config", "validate", "all.yaml") == "exit 0\n--- stdout\nall.yaml: ok\n"
    origins = load_configuration(file="all.yaml").origins()
    assert {key for key, origin in origins.items() if origin.kind != "file"} <= {
        "cache.folder",
        "data.folder",
        "data.keep_count",
        "execution.workers.max",
        "http.ca_bundle",
        "http.proxy",
        "jobs.slots",
        "mcp.oauth.audience",
        "mcp.oauth.issuer",
        "mcp.oauth.jwks_url",
        "mcp.oauth.resource",
        "mcp.tasks",
        "mcp.token",
        "server.api_key",
        "server.database.url",
        "server.tasks",
        "server.tls.certificate",
        "server.tls.key",
    }


def test_the_types_of_the_command_are_those_there_are() -> None:
    assert (*TYPES, "claude") == _TYPES


def test_a_file_is_not_written_over_unless_forced(ratchet: Command, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("mine")
    assert ratchet("config", "generate", "--output", "ratchet.yaml") == snapshot("""\
exit 3
--- stderr
Error: `ratchet.yaml` is there already
Hint: `--force` writes over it
""")
    assert (folder / "ratchet.yaml").read_text() == "mine"
    assert ratchet("config", "generate", "--output", "ratchet.yaml", "--force").startswith("exit 0\n")


def test_the_minimal_file(ratchet: Command) -> None:
    assert ratchet("config", "generate") == snapshot("""\
exit 0
--- stdout
# yaml-language-server: $schema=./ratchet.schema.json
# `ratchet config schema > ratchet.schema.json` makes the file that editors check this one with.
# What is changed most often, at its default.

# What one execution may use, and how many there are at a time.
execution:
  # Wall-clock time of an execution: a number above 0 and at most 86,400.
  timeout_seconds: 30

# What Ratchet says about its own work; a task's console is not part of it.
logging:
  # The least severe level that is written: `debug`, `info`, `warning` or `error`.
  level: warning
""")


def test_what_there_is_none_of_is_a_usage_error(ratchet: Command) -> None:
    assert ratchet("config", "generate", "--type", "entreprise") == snapshot("""\
exit 2
--- stderr
Error: `--type entreprise` is none of minimal, dev, production, enterprise, claude
Hint: Did you mean `--type enterprise`?
""")
    assert ratchet("config", "show", "--format", "toml").startswith("exit 2\n")


def test_show_says_where_each_value_comes_from(ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ratchet.yaml").write_text("logging:\n  level: ${LEVEL}\n  targets: [{type: console}]\n")
    monkeypatch.setenv("LEVEL", "debug")
    monkeypatch.setenv("RATCHET_LOGGING__FORMAT", "json")
    assert ratchet("config", "show", "--origin", "--section", "logging") == snapshot("""\
exit 0
--- stdout
logging:
  level: "${LEVEL}"  # file ratchet.yaml:2
  format: json  # environment RATCHET_LOGGING__FORMAT
  targets:  # file ratchet.yaml:3
    - type: stderr
--- stderr
Warning: ratchet.yaml:3:12: `console` for `logging.targets.type` is `stderr` now
""")
    shown = json.loads(ratchet("config", "show", "--origin", "--format", "json").split("\n", 2)[2].split("\n---")[0])
    assert shown["logging"]["format"] == {
        "value": "json",
        "origin": {"kind": "environment", "name": "RATCHET_LOGGING__FORMAT", "line": None},
    }


def test_show_of_a_section_nobody_knows(ratchet: Command) -> None:
    assert ratchet("config", "show", "--section", "loging") == snapshot("""\
exit 3
--- stderr
Error: There is no section `loging`
Hint: Did you mean `logging`?
""")


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_is_shown_reproduces_itself(
    ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "first.yaml").write_text("""\
execution: {timeout_seconds: "${SECONDS}", memory_bytes: 33554432, workers: {max: 7}, grace_seconds: 0.25}
cache: {folder: "${KEPT}/$${x} ü"}
logging: {level: "${L:-info}", targets: [{type: file, path: "it's/${SECONDS}.log", level: error}, {type: stderr}]}
""")
    monkeypatch.setenv("SECONDS", "4")
    monkeypatch.setenv("KEPT", "kept")
    monkeypatch.setenv("RATCHET_EXECUTION__TIMERS", "12")
    monkeypatch.setenv("RATCHET_LOGGING__FORMAT", "json")
    reply = ratchet("config", "show", "--format", form, "--config", "below/first.yaml")
    before = load_configuration(file="below/first.yaml")
    for name in ("RATCHET_EXECUTION__TIMERS", "RATCHET_LOGGING__FORMAT"):
        monkeypatch.delenv(name)
    (folder / "second.yaml").write_text(reply.partition("--- stdout\n")[2], encoding="utf-8")
    after = load_configuration(file="second.yaml")
    assert after.values == before.values
    assert ratchet("config", "show", "--format", form, "--config", "second.yaml") == reply
    assert "${SECONDS}" in reply
    monkeypatch.setenv("SECONDS", "5")
    assert load_configuration(file="second.yaml").limits.timeout_seconds == 5


def test_show_lists_every_setting(ratchet: Command) -> None:
    document = json.loads(ratchet("config", "show", "--format", "json").partition("--- stdout\n")[2])
    for key in SETTINGS:
        value = document
        for step in key.split("."):
            value = value[step]
        assert value == SETTINGS[key].default


def test_the_schema_is_one_and_describes_every_section(ratchet: Command) -> None:
    schema = json.loads(ratchet("config", "schema").partition("--- stdout\n")[2])
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"].keys() == {"$schema", *(section.name for section in SECTIONS)}
    check = jsonschema.Draft202012Validator(schema)
    assert check.is_valid({"execution": {"timeout_seconds": 3, "timers": "${T}", "workers": {"max": 3}}})
    for wrong in ({"timeout": 3}, {"execution": {"timers": "3"}}, {"execution": {"timeout_seconds": 0}}):
        assert not check.is_valid(wrong)


def test_characters_of_a_reference_that_are_meant_are_escaped(
    ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATCHET_CACHE__FOLDER", "/kept/${NOWHERE}")
    reply = ratchet("config", "show", "--section", "cache")
    assert (
        reply == 'exit 0\n--- stdout\ncache:\n  enabled: true\n  folder: "/kept/$${NOWHERE}"\n  max_bytes: 67108864\n'
    )
    monkeypatch.delenv("RATCHET_CACHE__FOLDER")
    (folder / "ratchet.yaml").write_text(reply.partition("--- stdout\n")[2])
    assert load_configuration().values["cache.folder"] == "/kept/${NOWHERE}"
