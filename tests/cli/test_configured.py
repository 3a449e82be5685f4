"""Commands do what the configuration says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask

NUMBER = {"input.schema.json": '{"type": "number"}', "output.schema.json": "{}"}
TYPED = {"main.js": "", "main.ts": "export default (input: unknown): number => 1;\n", **NUMBER}


def configure(folder: Path, text: str, name: str = "ratchet.yaml") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_the_file_beside_the_tasks_is_found_and_holds(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task("() => { for (;;); }\n", files={"input.schema.json": "{}", "output.schema.json": "{}"})
    configure(folder, "execution:\n  timeout_seconds: 0.2\n  grace_seconds: 1\n")
    reply = ratchet("run-once", "total")
    assert reply.startswith("exit 4\n--- stderr\nError: The task ran longer than 0.2 seconds\n")


def test_a_flag_is_stronger_than_the_environment_and_that_than_the_file(
    ratchet: Command, make_task: MakeTask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task("() => { for (;;); }\n", files={"input.schema.json": "{}", "output.schema.json": "{}"})
    configure(folder, "execution:\n  timeout_seconds: 25\n")
    monkeypatch.setenv("RATCHET_EXECUTION__TIMEOUT_SECONDS", "0.3")
    assert "longer than 0.3 seconds" in ratchet("run-once", "total")
    assert "longer than 0.2 seconds" in ratchet("run-once", "total", "--timeout", "0.2")


def test_schemas_are_not_checked_where_the_file_says_so(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task("(input) => input\n", files=NUMBER)
    assert ratchet("run-once", "total", "--input", '"x"').startswith("exit 3\n")
    configure(folder, "execution: {validate_schemas: false}\n")
    assert ratchet("run-once", "total", "--input", '"x"') == 'exit 0\n--- stdout\n"x"\n'


@pytest.mark.parametrize(("text", "kept"), [("cache: {enabled: false}", False), ("cache: {folder: kept}", True)])
def test_the_cache_is_where_the_file_says_or_nowhere(
    ratchet: Command, make_task: MakeTask, folder: Path, tmp_path: Path, text: str, kept: bool
) -> None:
    task = make_task("", files=TYPED)
    (task / "main.js").unlink()
    configure(folder, text)
    assert ratchet("run-once", "total", "--input", "1") == "exit 0\n--- stdout\n1\n"
    assert any((folder / "kept").rglob("transpiled")) == kept
    assert not any((tmp_path / "cache").rglob("transpiled"))


def test_validate_takes_its_limits_from_the_named_file(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task("() => 1\n", files=NUMBER)
    configure(folder, "execution: {timeout_second: 5}\n", "other.yaml")
    assert ratchet("validate", "total", "--config", "other.yaml") == snapshot("""\
exit 3
--- stderr
Error: `execution` has no key `timeout_second`
  --> other.yaml:1:13
   |
 1 | execution: {timeout_second: 5}
   |             ^
Hint: Did you mean `timeout_seconds`?
""")


def test_doctor_names_the_file_in_force(ratchet: Command, folder: Path) -> None:
    configure(folder, "execution: {timeout_seconds: 5}\n", "other.yaml")
    lines = ratchet("doctor", "--config", "other.yaml").splitlines()
    assert ["ok", "configuration", "other.yaml"] in [line.split() for line in lines]
    configure(folder, "execution: [", "broken.yaml")
    assert ratchet("doctor", "--config", "broken.yaml").startswith("exit 6\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on open files to set")
def test_a_worker_that_cannot_be_started_is_said_with_the_reason(make_task: MakeTask) -> None:
    make_task("() => 1\n", files=NUMBER)
    script = (
        "import resource, sys, ratchet.cli.run_once; from ratchet.cli import main\n"
        "import ratchet.config.load, ratchet.cli.report, jsonschema_rs, ratchet.sandbox.spawned\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6)); sys.exit(main(['run-once', 'total', '--input', '1']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.stderr == (
        "Error: A worker cannot be started: Too many open files\n"
        "Hint: Raise the limits on processes and open files, or lower `execution.workers.max`\n"
    )
    assert ended.returncode == 6


@pytest.mark.parametrize(
    "command", [["list"], ["generate", "task", "new"], ["validate", "total"], ["run-once", "total"]]
)
def test_every_command_refuses_a_configuration_that_is_not_there(
    ratchet: Command, make_task: MakeTask, folder: Path, command: list[str]
) -> None:
    make_task("() => 1\n", files=NUMBER)
    assert ratchet(*command, "--config", "gone.yaml").startswith("exit 3\n--- stderr\nError: ")
    assert not (folder / "new").exists()
