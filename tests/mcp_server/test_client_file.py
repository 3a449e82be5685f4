"""`ratchet config generate --type claude`, and the section `mcp` that the server reads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.raw_client import ROOT, RawClient


def ratchet(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "ratchet", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **homes(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def homes(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "XDG_CACHE_HOME": str(folder), "XDG_STATE_HOME": str(folder)}


def tools_of(entry: Mapping[str, Any], folder: Path) -> tuple[set[str], int]:
    """Start a server as its client would, and return its tools and how many tasks it has."""
    environment = {**entry["env"], "PYTHONPATH": str(ROOT), **homes(folder)}
    command = [entry["command"], *entry["args"]]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        client = RawClient(server)
        client.initialize()
        names = {tool["name"] for tool in client.ask("tools/list")["result"]["tools"]}
        total: int = client.call("list_tasks", {})["structuredContent"]["total"]
        assert server.stdin is not None
        server.stdin.close()
    return names, total


@pytest.mark.parametrize(("line", "writes"), [("", True), (", read_only: true", False)])
def test_the_file_is_valid_and_starts_the_server_on_its_configuration(
    tmp_path: Path, tasks: Path, line: str, writes: bool
) -> None:
    (tmp_path / "ratchet.yaml").write_text(f"mcp: {{tasks: {tasks}{line}}}\n")
    done = ratchet(
        tmp_path, "config", "generate", "--type", "claude", "--config", "ratchet.yaml", "--output", "claude.json"
    )
    assert (done.returncode, done.stdout) == (0, "claude.json\n")
    assert ratchet(tmp_path, "config", "validate", "claude.json").stdout == "claude.json: ok\n"
    entry = json.loads((tmp_path / "claude.json").read_text())["mcpServers"]["ratchet"]
    assert Path(entry["command"]).parent == Path(sys.executable).parent
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    names, total = tools_of(entry, elsewhere)
    assert total == 5
    assert ("create_task" in names) is writes


def test_a_file_that_starts_nothing_is_told(tmp_path: Path) -> None:
    entry = {"command": "/nowhere/ratchet", "args": ["mcp", "--config", "/nowhere/ratchet.yaml"]}
    other = {"command": "/nowhere/other", "args": []}
    (tmp_path / "claude.json").write_text(json.dumps({"mcpServers": {"ratchet": entry, "other": other}}))
    done = ratchet(tmp_path, "config", "validate", "claude.json", "--json")
    assert done.returncode == 3
    problems = json.loads(done.stdout)["problems"]
    assert [problem["pointer"] for problem in problems] == [
        "/mcpServers/ratchet/command",
        "/mcpServers/ratchet/args/2",
    ]


def test_the_section_alone_is_shown(tmp_path: Path) -> None:
    shown = ratchet(tmp_path, "config", "show", "--mcp-only")
    assert shown.returncode == 0
    assert shown.stdout.startswith("mcp:\n  tasks: null\n  read_only: false\n")
    assert all(line.startswith("  ") for line in shown.stdout.splitlines()[1:])
    assert ratchet(tmp_path, "config", "show", "--mcp-only", "--section", "http").returncode == 2


def test_the_keys_of_the_original_are_read(tmp_path: Path) -> None:
    (tmp_path / "ratchet.yaml").write_text("mcp: {enabled: true, transport: sse, host: localhost, port: 8091}\n")
    done = ratchet(tmp_path, "config", "validate")
    assert done.returncode == 0
    assert "`mcp.enabled` does nothing any more" in done.stdout
    assert "`sse` for `mcp.transport` is `http` now" in done.stdout
    shown = ratchet(tmp_path, "config", "show", "--mcp-only", "--format", "json")
    section = json.loads(shown.stdout)["mcp"]
    assert (section["transport"], section["host"], section["port"]) == ("http", "localhost", 8091)


def test_the_variables_of_the_original_are_read(tmp_path: Path) -> None:
    variables = {"RATCHET_MCP_TRANSPORT": "sse", "RATCHET_MCP_HOST": "::1", "RATCHET_MCP_PORT": "8091"}
    done = subprocess.run(
        [sys.executable, "-m", "ratchet", "config", "show", "--mcp-only", "--format", "json"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), **homes(tmp_path), **variables},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    section = json.loads(done.stdout)["mcp"]
    assert (section["transport"], section["host"], section["port"]) == ("http", "::1", 8091)
    assert "`RATCHET_MCP_TRANSPORT` is `RATCHET_MCP__TRANSPORT` now" in done.stderr


@pytest.mark.parametrize("written", ["token: not-to-be-seen-by-anyone", "token: ${SECRET:-not-to-be-seen-by-anyone}"])
def test_a_token_in_the_configuration_is_never_shown_nor_kept(tmp_path: Path, written: str) -> None:
    (tmp_path / "ratchet.yaml").write_text(f"mcp: {{{written}, port: none}}\n")
    trusted = ("--config", "ratchet.yaml")
    wrong = ratchet(tmp_path, "config", "validate", *trusted)
    (tmp_path / "ratchet.yaml").write_text(f"mcp:\n  {written}\n")
    shown = ratchet(tmp_path, "config", "show", "--origin", *trusted)
    found = ratchet(tmp_path, "config", "validate")
    assert (wrong.returncode, shown.returncode, found.returncode) == (3, 0, 3)
    assert "`mcp.token` may not stand in a file that is not trusted" in found.stdout
    assert "not-to-be-seen" not in shown.stdout + shown.stderr + found.stdout + found.stderr
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "ratchet.yaml"]
    assert not [file for file in kept if b"not-to-be-seen" in file.read_bytes()]


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("file:nowhere", "`mcp.token` cannot be used: the file `{folder}/nowhere` cannot be read"),
        ("short", "`mcp.token` has fewer than 16 characters, and could be guessed"),
    ],
)
def test_a_token_that_cannot_be_used_is_told_without_it(tmp_path: Path, token: str, sentence: str) -> None:
    (tmp_path / "ratchet.yaml").write_text(f"mcp:\n  token: {token}\n")
    done = ratchet(tmp_path, "config", "validate", "ratchet.yaml")
    assert done.returncode == 3
    assert sentence.format(folder=tmp_path) in done.stdout
    assert "token: " not in done.stdout
