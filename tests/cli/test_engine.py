"""Which engine a task runs on, and who may choose it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.engine import installed
from tests.cli.conftest import Command, MakeTask

ALLOCATE = (
    "() => { const a = []; for (let i = 0; i < 150; i++) a.push(new Uint8Array(1 << 20).fill(1)); return a.length }"
)


def engine_of(ratchet: Command, *arguments: str) -> str:
    """Return the name of the engine that an execution says it ran on."""
    code, _, text = ratchet("run-once", "total", "--json", *arguments).partition("--- stdout\n")
    assert code == "exit 0\n"
    name: str = json.loads(text)["engine"]["name"]
    return name


def test_option_chooses_the_engine(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => 1")
    assert [engine_of(ratchet, *option) for option in ((), ("--engine", "dukpy"), ("--engine", "wasm"))] == [
        "dukpy",
        "dukpy",
        "wasm",
    ]


def test_configuration_chooses_the_engine_and_the_option_overrides_it(
    ratchet: Command, make_task: MakeTask, folder: Path
) -> None:
    make_task("() => 1")
    (folder / "ratchet.yaml").write_text("execution: {engine: wasm}\n")
    assert [engine_of(ratchet), engine_of(ratchet, "--engine", "dukpy")] == ["wasm", "dukpy"]


def test_engine_that_nobody_knows_is_a_mistake_in_the_command(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => 1")
    assert ratchet("run-once", "total", "--engine", "v8") == snapshot("""\
exit 2
--- stderr
Error: `--engine` takes `dukpy` or `wasm`
Hint: `ratchet run-once --help` lists what it takes
""")


def test_task_chooses_its_engine_only_where_the_operator_lets_it(
    ratchet: Command, make_task: MakeTask, folder: Path
) -> None:
    make_task("() => 1", metadata={"engine": "wasm"})
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: The task asks for the engine `wasm`, and tasks run on `dukpy` here
  --> total/metadata.json
Hint: Set `execution.engine_by_task: true`, or run it with `--engine wasm`
""")
    assert engine_of(ratchet, "--engine", "wasm") == "wasm"
    (folder / "ratchet.yaml").write_text("execution: {engine_by_task: true}\n")
    assert engine_of(ratchet) == "wasm"


def test_validate_reports_an_engine_that_nobody_knows(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => 1", metadata={"engine": "v8"})
    assert ratchet("validate", "total") == snapshot("""\
exit 3
--- stdout
total: 1 problem
error: There is no engine `v8`
  --> total/metadata.json
  = hint: It is `dukpy` or `wasm`
--- stderr
0 valid, 1 not
""")


def test_engine_that_is_not_installed_is_named_with_the_command_that_installs_it(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(installed.PACKAGES, "wasm", "quickjs-rs-that-is-not-there")
    make_task("() => 1")
    assert ratchet("run-once", "total", "--engine", "wasm") == snapshot("""\
exit 3
--- stderr
Error: The engine `wasm` is not installed
Hint: Run `pip install 'ratchet-js[wasm]'`
""")
    findings = json.loads(ratchet("doctor", "--json").partition("--- stdout\n")[2])
    assert [finding for finding in findings if finding["name"] == "engine wasm"] == snapshot(
        [
            {
                "name": "engine wasm",
                "state": "warning",
                "value": "not installed",
                "hint": "`pip install 'ratchet-js[wasm]'`",
            }
        ]
    )


def test_wasm_can_use_more_memory_than_dukpy_and_is_held_to_it(ratchet: Command, make_task: MakeTask) -> None:
    make_task(ALLOCATE)
    assert ratchet("run-once", "total", "--engine", "wasm", "--memory", "200MB") == "exit 0\n--- stdout\n150\n"
    assert ratchet("run-once", "total", "--engine", "wasm", "--memory", "120MB") == snapshot("""\
exit 4
--- stderr
Error: The task needed more than 120 MB of memory
  --> total/main.js
Hint: Work on smaller pieces
""")
    assert ratchet("run-once", "total", "--engine", "wasm", "--memory", "2GB") == snapshot("""\
exit 3
--- stderr
Error: `--memory` is `2147483648`, not a whole number from 1,048,576 to 1,073,741,824
""")


def test_more_memory_by_configuration_needs_the_engine_that_can_use_it(
    ratchet: Command, make_task: MakeTask, folder: Path
) -> None:
    make_task(ALLOCATE)
    (folder / "ratchet.yaml").write_text("execution: {memory_bytes: 209715200}\n")
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: `execution.memory_bytes` is 209,715,200, above the 96 MB that dukpy can use; `execution.engine: wasm` takes more
  --> ratchet.yaml:1:27
   |
 1 | execution: {memory_bytes: 209715200}
   |                           ^
""")
    (folder / "ratchet.yaml").write_text("execution: {memory_bytes: 209715200, engine: wasm}\n")
    assert ratchet("run-once", "total") == "exit 0\n--- stdout\n150\n"
    # On the command line the other engine gets what it can use.
    assert ratchet("run-once", "total", "--engine", "dukpy").startswith("exit 4\n")
