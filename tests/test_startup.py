"""Commands load what they need and nothing heavy, because a command's time is mostly imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {
    "alembic", "asyncio", "dukpy", "fastapi", "hypothesis", "jsonschema", "jwt", "mcp", "multiprocessing",
    "platformdirs", "prompt_toolkit", "psycopg", "pydantic", "pydantic_settings", "referencing", "requests", "rich",
    "sqlalchemy", "ssl", "strawberry", "urllib3", "uvicorn", "watchfiles", "yaml",
}  # fmt: skip
RUN_ONCE = ["run-once", str(ROOT / "sample_tasks" / "addition"), "--input", '{"num1": 5, "num2": 10}']
COMMANDS = {
    "no command": [],
    "--help": ["--help"],
    "--version": ["--version"],
    "run-once --help": ["run-once", "--help"],
    "run-once": RUN_ONCE,
    "list": ["list", str(ROOT / "sample_tasks" / "addition")],
    "validate": ["validate", str(ROOT / "sample_tasks" / "addition")],
}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return every module that a fresh interpreter has loaded when the code has run."""
    script = f"import sys, json\n{code}\nprint('\\n' + json.dumps(list(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    output = subprocess.check_output([sys.executable, "-P", "-c", script, *arguments], env=environment)
    return set(json.loads(output.splitlines()[-1]))


def tops(modules: set[str]) -> set[str]:
    """Return the packages that modules belong to."""
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_command_loads_nothing_heavy(arguments: list[str]) -> None:
    # As the `ratchet` command does it; it ends the process, which is to say first what it has loaded.
    run = """import os
os._exit = sys.exit
from ratchet.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code"""
    assert tops(loaded_by(run, *arguments)) & HEAVY == set()


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded = loaded_by("import ratchet.cli")
    assert "typer" in loaded
    assert tops(loaded) & (HEAVY | {"jsonschema_rs"}) == set()


def test_help_loads_no_command() -> None:
    loaded = loaded_by("from ratchet.cli import main\nmain(['--help'])")
    assert {
        module for module in loaded if module.startswith(("ratchet.execution", "ratchet.sandbox", "ratchet.task"))
    } == set()


def test_the_package_itself_loads_none_of_its_parts() -> None:
    assert {module for module in loaded_by("import ratchet") if module.startswith("ratchet")} == {"ratchet"}


def test_the_worker_is_started_before_the_command_line_is_loaded() -> None:
    loaded = loaded_by("from ratchet.sandbox.launch import start_worker")
    assert {module for module in loaded if module.startswith("ratchet")} == {
        "ratchet", "ratchet.sandbox", "ratchet.sandbox.launch"
    }  # fmt: skip
    assert "typer" not in loaded
