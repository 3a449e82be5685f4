"""`ratchet mcp bundle` and `inspect`."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import ratchet
from ratchet.cli import main
from ratchet.mcp_server.clients.entry import server_command
from ratchet.mcp_server.tools import READING
from tests.mcp_server.raw_client import ROOT, RawClient

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `ratchet mcp` in a folder and returns what came back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["mcp", *arguments])
        stdout, stderr = capfd.readouterr()
        return code, stdout, stderr

    return call


def test_a_bundle_starts_the_server_on_its_tasks(run: Run, tasks: Path, tmp_path: Path) -> None:
    assert run("bundle", "tasks", "--author", "Ada", "--version", "2.0.0-beta.1") == (0, "tasks.mcpb\n", "")
    with zipfile.ZipFile(tmp_path / "tasks.mcpb") as archive:
        archive.extractall(tmp_path / "unpacked")
    manifest = json.loads((tmp_path / "unpacked" / "manifest.json").read_text())
    assert manifest["version"] == "2.0.0-beta.1"
    assert manifest["author"] == {"name": "Ada"}
    assert manifest["description"] == "Tasks that run in a sandbox: broken, endless, loud, steps, total"
    assert [tool["name"] for tool in manifest["tools"]] == [tool.name for tool in READING]
    project = tomllib.loads((tmp_path / "unpacked" / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == [f"ratchet-js[mcp]=={ratchet.__version__}"]
    command = [manifest["server"]["mcp_config"]["command"], *manifest["server"]["mcp_config"]["args"]]
    assert command == ["uv", "run", "--directory", "${__dirname}", manifest["server"]["entry_point"]]
    # What `uv run` does once it has installed the dependencies.
    started = [sys.executable, manifest["server"]["entry_point"]]
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with subprocess.Popen(
        started, cwd=tmp_path / "unpacked", env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        client = RawClient(server)
        client.initialize()
        assert "create_task" not in {tool["name"] for tool in client.ask("tools/list")["result"]["tools"]}
        done = client.call("execute_task", {"task": "total", "input": {"items": [1, 2]}})
        assert done["structuredContent"]["output"] == {"total": 3}
        assert server.stdin is not None
        server.stdin.close()


def test_a_bundle_holds_what_the_tasks_hold_and_nothing_else(run: Run, tasks: Path, tmp_path: Path) -> None:
    (tasks / "notes.txt").write_text("mine")
    (tasks / ".ratchet-former" / "old").mkdir(parents=True)
    (tasks / "total" / "tests").mkdir()
    (tasks / "total" / "tests" / "sum.json").write_text("{}")
    assert run("bundle", "tasks", "--output", "a.zip")[0] == 0
    assert run("bundle", "tasks", "--output", "b.zip")[0] == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    assert "tasks/total/tests/sum.json" in names
    assert {name.split("/")[0] for name in names} == {"manifest.json", "pyproject.toml", "server.py", "tasks"}
    assert {name.split("/")[1] for name in names if "/" in name} == {"broken", "endless", "loud", "steps", "total"}


def test_samples_with_archives_among_them_are_bundled(run: Run, tmp_path: Path) -> None:
    assert run("bundle", str(ROOT / "sample_tasks"), "--name", "Samples", "--output", "x.mcpb")[0] == 0
    with zipfile.ZipFile(tmp_path / "x.mcpb") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert main(["validate", str(tmp_path / "unpacked" / "tasks")]) == main(["validate", str(ROOT / "sample_tasks")])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 3, "There is no folder `nowhere`"),
        (["empty"], 3, "There is no task in `empty`"),
        (["tasks", "--version", "1"], 2, "`--version` takes a semantic version"),
        (["tasks", "--output", "nowhere/x.mcpb"], 3, "cannot be written"),
    ],
)
def test_what_cannot_be_bundled_is_refused(
    arguments: list[str], code: int, words: str, run: Run, tasks: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    exit_code, _, stderr = run("bundle", *arguments)
    assert exit_code == code
    assert words in stderr
    assert list(tmp_path.glob("*.mcpb")) == []


def test_a_broken_task_is_refused(run: Run, tasks: Path, tmp_path: Path) -> None:
    (tasks / "total" / "metadata.json").write_text("{")
    exit_code, _, stderr = run("bundle", "tasks")
    assert exit_code == 3
    assert "tasks/total/metadata.json" in stderr
    assert list(tmp_path.glob("*.mcpb")) == []


def test_the_inspector_is_given_the_command_of_this_server(run: Run, tasks: Path) -> None:
    code, web, _ = run("inspect", "--tasks", "tasks")
    start = ["npx", "-y", "@modelcontextprotocol/inspector@2.12.0"]
    assert code == 0
    assert shlex.split(web) == [*start, "--web", "--", *server_command([str(tasks)], None)]
    headless = run("inspect", "--tasks", "tasks", "--cli")[1]
    checks = ["--cli", "--method", "tools/list", "--strict", "--"]
    assert shlex.split(headless) == [*start, *checks, *server_command([str(tasks)], None)]
    assert run("inspect", "--tasks", "nowhere")[0] == 3
