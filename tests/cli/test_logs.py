"""The log of an execution: levels, formats, targets, and the options that every command takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, MakeTask

TALKER = "(input) => { console.log('from the task'); if (input.fail) throw new Error('boom'); return 1 }\n"
ANY = {"input.schema.json": "{}", "output.schema.json": "{}"}
ID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def stderr_of(reply: str) -> list[str]:
    return reply.partition("--- stderr\n")[2].splitlines()


def json_lines(reply: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr_of(reply) if line.startswith("{")]


def test_by_default_only_the_task_speaks(ratchet: Command, make_task: MakeTask) -> None:
    make_task(TALKER, files=ANY)
    assert stderr_of(ratchet("run-once", "total")) == ["from the task"]


def test_info_names_the_execution_on_every_line(ratchet: Command, make_task: MakeTask) -> None:
    make_task(TALKER, files=ANY)
    first, talk, last = stderr_of(ratchet("run-once", "total", "--log-level", "info"))
    assert re.fullmatch(rf"{TIME} info    {ID} Execution started", first)
    assert talk == "from the task"
    assert re.fullmatch(rf"{TIME} info    {ID} Execution completed", last)
    assert first.split()[2] == last.split()[2]


def test_json_lines_hold_the_console_too(ratchet: Command, make_task: MakeTask) -> None:
    make_task(TALKER, files=ANY)
    reply = ratchet("run-once", "total", "--log-format", "json", "--log-level", "info")
    lines = json_lines(reply)
    assert [(line["level"], line["logger"], line["message"]) for line in lines] == [
        ("info", "ratchet", "Execution started"),
        ("info", "ratchet.console", "from the task"),
        ("info", "ratchet", "Execution completed"),
    ]
    assert len({line["execution_id"] for line in lines}) == 1
    assert lines[-1]["status"] == "completed"


def test_the_id_in_the_log_is_that_of_the_document(ratchet: Command, make_task: MakeTask) -> None:
    make_task(TALKER, files=ANY)
    reply = ratchet("run-once", "total", "--log-format", "json", "--log-level", "info", "--json")
    document = json.loads(reply.partition("--- stdout\n")[2].partition("--- stderr\n")[0])
    assert {line["execution_id"] for line in json_lines(reply)} == {document["id"]}


def test_a_failure_is_an_error_in_the_log(ratchet: Command, make_task: MakeTask) -> None:
    make_task(TALKER, files=ANY)
    reply = ratchet("run-once", "total", "--set", "fail=true", "--log-format", "json")
    (failure,) = [line for line in json_lines(reply) if line["level"] == "error"]
    assert (failure["message"], failure["code"]) == ("The task threw `Error: boom`", "script_error")


@pytest.mark.parametrize("position", ["before", "after", "joined"])
def test_shared_options_stand_before_or_after_the_command(ratchet: Command, make_task: MakeTask, position: str) -> None:
    make_task(TALKER, files=ANY)
    option = ["--log-level=info"] if position == "joined" else ["--log-level", "info"]
    words = [*option, "run-once", "total"] if position == "before" else ["run-once", "total", *option]
    assert len(stderr_of(ratchet(*words))) == 3


def test_an_unknown_level_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    make_task(TALKER, files=ANY)
    reply = ratchet("run-once", "total", "--log-level", "loud")
    assert reply == (
        'exit 3\n--- stderr\nError: `--log-level` is `"loud"`, not `debug`, `info`, `warning` or `error`\n'
    )


def test_a_log_file_turns_over_and_keeps_the_levels_apart(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task(TALKER, files=ANY)
    file = "{type: file, path: ratchet.log, level: debug, max_bytes: 1024, backup_count: 2}"
    targets = f"[{{type: stderr, level: error}}, {file}]"
    (folder / "ratchet.yaml").write_text(f"logging:\n  format: json\n  targets: {targets}\n", encoding="utf-8")
    for _ in range(4):
        assert [line["logger"] for line in json_lines(ratchet("run-once", "total"))] == ["ratchet.console"]
    assert sorted(path.name for path in folder.glob("ratchet.log*")) == [
        "ratchet.log", "ratchet.log.1", "ratchet.log.2"
    ]  # fmt: skip
    assert {json.loads(line)["level"] for line in (folder / "ratchet.log.1").read_text().splitlines()} <= {
        "debug",
        "info",
    }


def test_a_log_file_that_cannot_be_written_is_an_error(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task(TALKER, files=ANY)
    (folder / "taken").mkdir()
    (folder / "ratchet.yaml").write_text("logging:\n  targets: [{type: file, path: taken}]\n", encoding="utf-8")
    error = f"Error: The log file `{folder / 'taken'}` cannot be written: Is a directory\n"
    assert ratchet("run-once", "total") == f"exit 3\n--- stderr\n{error}"
