"""What stands in the file: every mistake at its place, references, and the original's keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.config.configuration import Logging, LogTarget
from ratchet.errors import InvalidConfig
from tests.config.conftest import Load, Refuse


def test_ten_mistakes_give_ten_problems(refuse: Refuse) -> None:
    text = """\
execution:
  timeout_secnds: 5
  timeout_seconds: ten
  memory_bytes: 64MB
  memory_bytes: 1280000000
  engine: v8
  workers:
    min: 9
    max: 4
  validate_schemas: 1
logging:
  format: ${NOWHERE}
  targets:
    - type: file
    - type: file
      path: /x.log
      colour: red
htpp:
  timeout: 3
"""
    assert refuse(text) == snapshot(
        [
            "2:3 `execution` has no key `timeout_secnds`",
            '3:20 `execution.timeout_seconds` is `"ten"`, not a number above 0 and at most 86,400',
            "5:3 The key `memory_bytes` is there twice",
            "5:17 `execution.memory_bytes` is `1280000000`, not a whole number from 1,048,576 to 1,073,741,824",
            '6:11 `execution.engine` is `"v8"`, not `dukpy` or `wasm`',
            "8:10 `execution.workers.min` is 9, more than `execution.workers.max`, 4",
            "10:21 `execution.validate_schemas` is `1`, not true or false",
            "12:11 `logging.format` needs the variable `NOWHERE`, which is not set",
            "14:13 `logging.targets[0].type` is `file`, which needs a `path`",
            "17:7 `logging.targets[1].colour` is no key that `logging.targets` has",
            "18:1 There is no section `htpp`",
        ]
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "1:1 The configuration is a list, not an object of sections"),
        ("execution: 5", "1:12 `execution` is `5`, not a section of keys"),
        ("execution: {workers: []}", "1:22 `execution.workers` is a list, not a section of keys"),
        ("execution: {workers.max: 3}", "1:13 `execution` has no key `workers.max`"),
        ("execution.timers: 3", "1:1 There is no section `execution.timers`"),
        ("execution: {timers: &a 3}", "1:21 The anchor `&a` is not allowed"),
        ("execution: {timers: 3", "1:22 The YAML cannot be read: expected ',' or '}', but got '<stream end>'"),
        ("execution: {timers: .inf}", "1:21 `.inf` is not JSON"),
        ("execution: {timers: 1.5}", "1:21 `execution.timers` is `1.5`, not a whole number from 0 to 1,000,000"),
        ("execution: {timers: true}", "1:21 `execution.timers` is `true`, not a whole number from 0 to 1,000,000"),
        ("cache: {folder: ''}", '1:17 `cache.folder` is `""`, not a path, or null'),
        ("logging: {targets: [nonsense]}", '1:21 `logging.targets[0]` is `"nonsense"`, not an object'),
        ("logging: {targets: [{}]}", "1:21 `logging.targets[0]` has no `type`"),
        (
            "logging: {targets: [{type: stderr, path: x}]}",
            "1:42 `logging.targets[0].path` is for files; this target is `stderr`",
        ),
        (
            "logging: {targets: [{type: file, path: x, max_size_bytes: 1}]}",
            "1:59 `logging.targets[0].max_bytes` is `1`, not a whole number from 1,024 to 1,073,741,824, or null",
        ),
    ],
)
def test_a_mistake_is_named_at_its_place(refuse: Refuse, text: str, problem: str) -> None:
    assert refuse(text) == [problem]


def test_bytes_that_are_no_text_are_refused(refuse: Refuse, folder: Path) -> None:
    (folder / "ratchet.yaml").write_bytes(b"execution:\n  engine: \xff\n")
    assert refuse() == ["2:11 `ratchet.yaml` is not UTF-8: byte 0xff at offset 21"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("exection: {}", "Did you mean `execution`?"),
        ("timeout_seconds: 3", "Did you mean `execution.timeout_seconds`?"),
        ("execution: {workers: {maximum: 3}}", "Did you mean `max`?"),
        ("cache: {zzz: 3}", "It has `enabled`, `folder`, `max_bytes`"),
        (
            "zzz: 3",
            "There are `execution`, `http`, `permissions`, `secrets`, `registry`, `cache`, `logging`, `mcp`, `data`, "
            "`server`, `jobs`",
        ),
        ("logging: {level: eror}", "Did you mean `error`?"),
        ("execution: {memory_bytes: 64MB}", "Write `67108864`"),
    ],
)
def test_a_hint_names_what_was_meant(load: Load, text: str, hint: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        load(text)
    assert caught.value.hint == hint


def test_references_are_expanded(load: Load) -> None:
    text = """\
execution: {timeout_seconds: "${SECONDS}", timers: "${A:-1}${B:-2}", validate_schemas: "${CHECK:-yes}"}
cache: {folder: "${FOLDER:-/tmp/a b}/$${HOME}"}
logging: {targets: [{type: file, path: "${LOGS}/x"}]}
"""
    configuration = load(text, SECONDS="7", B="", CHECK="off", LOGS="/l")
    assert configuration.limits.timeout_seconds == 7
    assert configuration.limits.timers == 12
    assert configuration.validate_schemas is False
    assert configuration.values["cache.folder"] == "/tmp/a b/${HOME}"
    assert configuration.logging.targets[0].path == "/l/x"


@pytest.mark.parametrize("reference", ["${}", "${1}", "${A:-}x${", "${A B}", "${A-b}"])
def test_what_is_no_reference_is_refused(refuse: Refuse, reference: str) -> None:
    (problem,) = refuse(f'cache: {{folder: "{reference}"}}')
    assert "which is no reference" in problem


def test_an_expanded_value_that_does_not_fit_is_refused(refuse: Refuse) -> None:
    assert refuse("execution: {timers: '${T}'}", T="many") == [
        '1:21 `execution.timers` is `"many"`, not a whole number from 0 to 1,000,000'
    ]


def test_a_relative_path_is_one_beside_the_file(
    load: Load, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (folder / ".git").mkdir()
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    configuration = load("cache: {folder: ./kept}\nlogging: {targets: [{type: file, path: ~/x.log}]}")
    assert configuration.values["cache.folder"] == str(folder / "kept")
    assert configuration.logging.targets[0].path == str(tmp_path / "home" / "x.log")


def test_the_keys_of_the_original_are_taken_with_a_warning(load: Load) -> None:
    text = """\
execution:
  max_execution_duration: 60
  max_concurrent_tasks: 3
  timeout_grace_period: 1
  validate_schemas: true
cache:
  enabled: true
  task_cache: {max_size: 3}
logging:
  level: warn
  format: pretty
  targets:
    - {type: console, level: trace}
    - {type: file, path: /x.log, max_size_bytes: 4096, max_files: 3}
"""
    configuration = load(text)
    assert configuration.limits.timeout_seconds == 60
    assert configuration.limits.grace_seconds == 1
    assert configuration.worker_counts == (0, 3)
    assert configuration.logging == snapshot(
        Logging(
            level="warning",
            format="text",
            targets=(LogTarget(level="debug"), LogTarget(path="/x.log", max_bytes=4096, backup_count=3)),
        )
    )
    assert [
        f"{problem.place.line if problem.place else 0} {problem.message}" for problem in configuration.warnings
    ] == snapshot(
        [
            "2 `execution.max_execution_duration` is `execution.timeout_seconds` now",
            "3 `execution.max_concurrent_tasks` is `execution.workers.max` now",
            "4 `execution.timeout_grace_period` is `execution.grace_seconds` now",
            "8 `cache.task_cache` does nothing any more: `cache.max_bytes` bounds what is kept instead",
            "10 `warn` for `logging.level` is `warning` now",
            "11 `pretty` for `logging.format` is `text` now",
            "13 `console` for `logging.targets.type` is `stderr` now",
            "13 `trace` for `logging.targets.level` is `debug` now",
            "13 `max_size_bytes` in `logging.targets` is `max_bytes` now",
            "13 `max_files` in `logging.targets` is `backup_count` now",
        ]
    )


def test_the_key_of_today_wins_over_the_one_of_the_original(load: Load) -> None:
    configuration = load("execution: {max_execution_duration: 60, timeout_seconds: 5}")
    assert configuration.limits.timeout_seconds == 5
    assert [warning.message for warning in configuration.warnings] == [
        "`execution.max_execution_duration` is ignored, for `execution.timeout_seconds` is there too"
    ]
