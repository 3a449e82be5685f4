"""`ratchet mcp install` and `uninstall`: the entry in the file of each client."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ratchet.cli import main
from ratchet.mcp_server.clients.client import CLIENTS

Run = Callable[..., tuple[int, str, str]]
FILES = {
    "claude-desktop": ".config/Claude/claude_desktop_config.json",
    "claude-code": ".claude.json",
    "cursor": ".cursor/mcp.json",
    "vscode": ".config/Code/User/mcp.json",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder, with a home and nothing of the user's own."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `ratchet mcp` and returns what came back."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["mcp", *arguments])
        stdout, stderr = capfd.readouterr()
        return code, stdout, stderr

    return call


def launcher() -> list[str]:
    """Return what starts the program that runs the tests."""
    found = shutil.which("ratchet", path=os.path.dirname(sys.executable))
    return [found] if found else [sys.executable, "-P", "-m", "ratchet"]


@pytest.mark.parametrize("client", CLIENTS)
def test_each_client_gets_an_entry_with_whole_paths_in_its_own_file(
    client: str, home: Path, run: Run, tasks: Path
) -> None:
    (home.parent / "ratchet.yaml").write_text("{}")
    file = home / FILES[client]
    done = run("install", "--client", client, "--tasks", "tasks", "--config", "ratchet.yaml")
    assert done[:2] == (0, f"{file}\n")
    key = "servers" if client == "vscode" else "mcpServers"
    program, *rest = launcher()
    arguments = [*rest, "mcp", "--tasks", str(tasks), "--config", str(home.parent / "ratchet.yaml")]
    kind = {} if client == "claude-desktop" else {"type": "stdio"}
    assert json.loads(file.read_text()) == {key: {"ratchet": {**kind, "command": program, "args": arguments}}}
    assert not file.with_name(f"{file.name}.bak").exists()
    assert run("uninstall", "--client", client)[:2] == (0, f"{file}\n")
    assert json.loads(file.read_text()) == {key: {}}


def test_what_else_is_in_the_file_stays_and_the_version_before_is_kept(home: Path, run: Run, tasks: Path) -> None:
    file = home / ".claude.json"
    entry = {"command": "/gone/ratchet", "args": ["mcp"], "env": {"KEY": "mine"}}
    before = json.dumps({"z": [1], "mcpServers": {"other": {"command": "x"}, "ratchet": entry}, "a": 2.50}, indent=4)
    file.write_text(before)
    file.chmod(0o600)
    code, _, talk = run("install", "--client", "claude-code", "--tasks", str(tasks))
    assert code == 0
    kept = home / ".claude.json.bak"
    assert f"The version before is `{kept}`" in talk
    assert kept.read_text() == before
    assert [path.stat().st_mode & 0o777 for path in (file, kept)] == [0o600, 0o600]
    after = json.loads(file.read_text())
    assert list(after) == ["z", "mcpServers", "a"]
    assert after["mcpServers"]["other"] == {"command": "x"}
    assert after["mcpServers"]["ratchet"]["env"] == {"KEY": "mine"}
    assert after["mcpServers"]["ratchet"]["command"] == launcher()[0]
    again = run("install", "--client", "claude-code", "--tasks", str(tasks))
    assert again == (0, "", f"Hint: `{file}` says so already\n")
    assert sorted(path.name for path in home.iterdir()) == [".claude.json", ".claude.json.bak"]


def test_a_dry_run_prints_the_difference_and_writes_nothing(home: Path, run: Run, tasks: Path) -> None:
    file = home / ".cursor" / "mcp.json"
    code, new, _ = run("install", "--client", "cursor", "--tasks", str(tasks), "--dry-run")
    assert code == 0
    assert new.startswith(f"--- /dev/null\n+++ {file}\n@@ -0,0 +1,")
    assert list(home.iterdir()) == []
    file.parent.mkdir()
    before = '{\n  "mcpServers": {\n    "other": {}\n  }\n}\n'
    file.write_text(before)
    code, changed, _ = run("install", "--client", "cursor", "--tasks", str(tasks), "--name", "mine", "--dry-run")
    assert code == 0
    assert f"--- {file}\n+++ {file}\n" in changed
    assert '-    "other": {}\n+    "other": {},\n+    "mine": {\n' in changed
    assert file.read_text() == before
    assert [path.name for path in file.parent.iterdir()] == ["mcp.json"]


def test_comments_of_vs_code_stay(home: Path, run: Run, tasks: Path) -> None:
    file = home / FILES["vscode"]
    file.parent.mkdir(parents=True)
    before = '{\n\t// mine\n\t"inputs": [], // none\n\t"servers": {\n\t\t"a": {}, // last\n\t},\n}\n'
    file.write_text(before)
    assert run("install", "--client", "vscode", "--tasks", str(tasks))[0] == 0
    assert file.read_text().startswith(before[: before.index("\n\t},")] + '\n\t\t"ratchet": {\n\t\t\t"type": "stdio"')
    assert run("uninstall", "--client", "vscode")[0] == 0
    assert file.read_text() == before


REFUSED = {
    "not JSON": ("{", ["install"], 3, "cannot be understood"),
    "comments where none are read": ('{/* */"mcpServers": {}}', ["install"], 3, "cannot be understood"),
    "not UTF-8": (b"\xff", ["install"], 3, "is not UTF-8"),
    "an array of servers": ('{"mcpServers": []}', ["install"], 3, "`mcpServers` is no object"),
    "another server of the name": (
        '{"mcpServers": {"ratchet": {"command": "npx", "args": ["mcp"]}}}', ["install"], 3, "has another server",
    ),
    "nothing to take out": ('{"mcpServers": {}}', ["uninstall"], 3, "has no server `ratchet`"),
    "another server to take out": (
        '{"mcpServers": {"ratchet": {"url": "http://x/mcp"}}}', ["uninstall"], 3, "does not start Ratchet",
    ),
    "no folder": ("{}", ["install", "--tasks", "nowhere"], 3, "There is no folder `nowhere`"),
    "no file": ("{}", ["install", "--config", "nowhere.yaml"], 3, "`nowhere.yaml` is not there"),
    "an odd name": ("{}", ["install", "--name", "a b"], 2, "`--name` takes letters"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "arguments", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    content: str | bytes, arguments: list[str], code: int, words: str, home: Path, run: Run
) -> None:
    file = home / ".claude.json"
    data = content.encode() if isinstance(content, str) else content
    file.write_bytes(data)
    exit_code, stdout, stderr = run(*arguments, "--client", "claude-code")
    assert (exit_code, stdout) == (code, "")
    assert words in stderr
    assert file.read_bytes() == data
    assert [path.name for path in home.iterdir()] == [".claude.json"]


def test_an_unknown_client_and_options_in_front_are_refused(home: Path, run: Run) -> None:
    assert run("install", "--client", "emacs")[0] == 2
    code, _, stderr = run("--read-only", "install", "--client", "cursor")
    assert code == 2
    assert "Options stand behind `install`" in stderr


PLACES = {
    ("claude-desktop", "darwin"): "/u/Library/Application Support/Claude/claude_desktop_config.json",
    ("claude-desktop", "win32"): "/u/roaming/Claude/claude_desktop_config.json",
    ("vscode", "darwin"): "/u/Library/Application Support/Code/User/mcp.json",
    ("vscode", "win32"): "/u/roaming/Code/User/mcp.json",
    ("cursor", "win32"): "/u/.cursor/mcp.json",
    ("claude-code", "win32"): "/u/.claude.json",
}


@pytest.mark.parametrize(("key", "path"), PLACES.items(), ids=[" on ".join(key) for key in PLACES])
def test_other_systems_have_other_places(key: tuple[str, str], path: str) -> None:
    client, system = key
    environment: dict[str, Any] = {"USERPROFILE": "/u", "APPDATA": "/u/roaming", "LOCALAPPDATA": "/u/local"}
    assert CLIENTS[client].place(system, environment) == path


def test_folders_that_variables_name_are_honoured(tmp_path: Path) -> None:
    environment = {"HOME": "/u", "XDG_CONFIG_HOME": "/x", "CLAUDE_CONFIG_DIR": "/c"}
    assert CLIENTS["vscode"].place("linux", environment) == "/x/Code/User/mcp.json"
    assert CLIENTS["claude-code"].place("linux", environment) == "/c/.claude.json"
    packaged = tmp_path / "Packages" / "Claude_0" / "LocalCache" / "Roaming"
    packaged.mkdir(parents=True)
    found = CLIENTS["claude-desktop"].place("win32", {"APPDATA": "/u", "LOCALAPPDATA": str(tmp_path)})
    assert found == str(packaged / "Claude" / "claude_desktop_config.json")
