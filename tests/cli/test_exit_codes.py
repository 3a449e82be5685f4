"""The exit code belongs to the kind of failure, and `--json` never changes it."""

from __future__ import annotations

import json

import pytest

from ratchet.errors import class_of
from tests.cli.conftest import Command, MakeTask

FAILURES = {
    "script_error": "() => { throw new Error() }",
    "invalid_output": "() => {}",
    "never_settled": "() => new Promise(() => {})",
    "time_limit": "() => { while (true) {} }",
    "memory_limit": "() => { const a = []; while (true) a.push(new Array(1000).fill(7)) }",
    "output_limit": '() => "x".repeat(5_000_000)',
    "count_limit": "() => { while (true) setTimeout(() => {}, 9999) }",
}


@pytest.mark.parametrize("code", FAILURES)
def test_a_failed_execution_exits_with_the_code_of_its_kind(ratchet: Command, make_task: MakeTask, code: str) -> None:
    make_task(FAILURES[code])
    limits = ("--timeout", "0.3") if code == "time_limit" else ("--timeout", "20", "--memory", "40MB")
    plain = ratchet("run-once", "total", *limits)
    exit_line, _, text = ratchet("run-once", "total", *limits, "--json").partition("--- stdout\n")
    assert json.loads(text)["error"]["code"] == code
    assert exit_line == f"exit {class_of(code).exit_code}\n"
    assert plain.startswith(f"{exit_line}--- stderr\nError: ")


@pytest.mark.parametrize(
    "command",
    [
        ("run-once", "nowhere"),
        ("run-once", "total", "--input", "{"),
        ("run-once", "total", "--input", "3"),
        ("validate", "nowhere"),
        ("list", "nowhere"),
        ("generate", "task", "total"),
    ],
)
def test_a_refusal_exits_with_3_and_prints_nothing_on_stdout(
    ratchet: Command, make_task: MakeTask, command: tuple[str, ...]
) -> None:
    make_task()
    assert ratchet(*command).startswith("exit 3\n--- stderr\nError: ")
    assert ratchet(*command, "--json").startswith("exit 3\n--- stderr\nError: ")
