"""`ratchet doctor` starts what is installed, as the clients do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ratchet.cli import main
from ratchet.mcp_server.clients.trial import environment_for, try_server
from tests.mcp_server.raw_client import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are written for a POSIX shell")


def program(path: Path, text: str) -> str:
    """Write a program."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_each_entry_is_started_and_what_keeps_it_from_that_is_told_with_the_fix(
    tmp_path: Path, tasks: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    (home / ".config" / "Claude").mkdir(parents=True)
    (home / ".cursor").mkdir()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text("execution: {nope: 1}\n")
    real = program(tmp_path / "ratchet-here", f'exec "{sys.executable}" -P -m ratchet "$@"')
    variables = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    desktop = {
        "works": {"command": real, "args": ["mcp", "--tasks", str(tasks)], "env": variables},
        "bare": {"command": "ratchet-here", "args": ["mcp"], "env": variables},
        "gone": {"command": real, "args": ["mcp", "--tasks", "/nowhere"], "env": variables},
        "odd": {"command": real, "args": ["mcp", "--config", str(tmp_path / "bad.yaml")], "env": variables},
        "another": {"command": "/nowhere/npx", "args": ["-y", "other"]},
    }
    (home / ".config" / "Claude" / "claude_desktop_config.json").write_text(json.dumps({"mcpServers": desktop}))
    (home / ".cursor" / "mcp.json").write_text("{")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert main(["doctor", "--json"]) == 6
    findings: list[dict[str, Any]] = json.loads(capfd.readouterr().out)
    told = {finding["name"]: finding for finding in findings if finding["name"].startswith(("claude", "cursor", "vs"))}
    assert list(told) == [f"claude-desktop ({name})" for name in ("works", "bare", "gone", "odd")] + ["cursor"]
    assert told["claude-desktop (works)"]["state"] == "ok"
    assert " tools, started and ended in " in told["claude-desktop (works)"]["value"]
    # The user's own PATH is not the one of programs that the desktop starts.
    assert told["claude-desktop (bare)"]["value"] == "The program `ratchet-here` cannot be run"
    assert told["claude-desktop (gone)"]["value"] == "The folder `/nowhere` is not there"
    assert told["claude-desktop (odd)"]["value"] == (
        "it does not speak the protocol: Error: `execution` has no key `nope`"
    )
    assert "`ratchet mcp install --client claude-desktop --name odd " in told["claude-desktop (odd)"]["hint"]
    assert told["cursor"]["state"] == "warning"


def test_a_server_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    silent = program(tmp_path / "silent", "echo waiting >&2; cat >/dev/null")
    trial = try_server([silent], environment_for(True, {"PATH": "/usr/bin:/bin"}), seconds=0.3)
    assert trial.failure == "it does not answer in time: waiting"


def test_a_server_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    assert try_server([str(tmp_path / "text")], {}).failure == "Permission denied"


def test_what_a_server_says_besides_is_passed_over(tmp_path: Path) -> None:
    first = '{"jsonrpc": "2.0", "id": 1, "result": {"serverInfo": {}}}'
    changed = '{"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}'
    tools = '{"jsonrpc": "2.0", "id": 2, "result": {"tools": [{}, {}]}}'
    said = program(tmp_path / "said", f"printf '%s\\n' '{first}' '{changed}' '{tools}'; cat >/dev/null")
    trial = try_server([said], environment_for(True, {"PATH": "/usr/bin:/bin"}))
    assert (trial.tools, trial.failure) == (2, None)
