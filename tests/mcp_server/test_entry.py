"""`ratchet generate mcpservers-json`: the entry by which a client starts the server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mcp_server.raw_client import ROOT, RawClient


def generate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "ratchet", "generate", "mcpservers-json", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "XDG_CACHE_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_entry_alone_is_one_line_and_the_hints_are_talk(tmp_path: Path) -> None:
    done = generate(tmp_path)
    assert (done.returncode, done.stdout) == (0, '{"ratchet": {"command": "ratchet", "args": ["mcp"], "env": {}}}\n')
    assert done.stderr == (
        "Hint: It stands under `mcpServers` in the client's configuration\n"
        "Hint: A client may not know your path: `--command` takes the whole path of the program\n"
    )


def test_the_whole_file_starts_the_server_that_it_describes(tmp_path: Path, tasks: Path) -> None:
    (tmp_path / "ratchet.yaml").write_text(f"registry: {{sources: [{{name: mine, uri: {tasks}}}]}}\n")
    done = generate(
        tmp_path, "--command", sys.executable, "--format", "claude-config", "--pretty", "--name", "mine",
        "--config", "ratchet.yaml", "--args=--read-only", "--env", f"PYTHONPATH={ROOT}", "--env", "EMPTY=",
    )  # fmt: skip
    entry = json.loads(done.stdout)["mcpServers"]["mine"]
    assert done.stdout.startswith('{\n  "mcpServers": {\n    "mine": {\n')
    assert done.stderr == ""
    assert entry["args"] == ["mcp", "--config", str(tmp_path / "ratchet.yaml"), "--read-only"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**entry["env"], "HOME": str(elsewhere), "XDG_CACHE_HOME": str(elsewhere)}
    command = [entry["command"], "-m", "ratchet", *entry["args"]]
    with subprocess.Popen(
        command, cwd=elsewhere, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        client = RawClient(server)
        client.initialize()
        assert client.call("list_tasks", {})["structuredContent"]["total"] == 5
        assert server.stdin is not None
        server.stdin.close()


def test_the_entry_of_a_server_that_listens_names_the_token_and_does_not_hold_it(tmp_path: Path) -> None:
    done = generate(tmp_path, "--transport", "http", "--host", "::1", "--port", "9000")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "ratchet": {
            "type": "http",
            "url": "http://[::1]:9000/mcp",
            "headers": {"Authorization": "Bearer ${RATCHET_MCP__TOKEN}"},
        }
    }
    assert done.stderr == (
        "Hint: It stands under `mcpServers` in the client's configuration\n"
        "Hint: The client fills in `RATCHET_MCP__TOKEN` from its environment; "
        f"`ratchet mcp` keeps the token in `{tmp_path}/.local/state/ratchet/mcp-token`\n"
    )


def test_the_transport_of_the_original_is_http_now(tmp_path: Path) -> None:
    done = generate(tmp_path, "--transport", "sse", "--format", "claude-config")
    assert json.loads(done.stdout)["mcpServers"]["ratchet"]["url"] == "http://127.0.0.1:8090/mcp"
    assert done.stderr.startswith("Warning: `--transport sse` is `--transport http` now\n")


def test_where_the_server_listens_is_taken_from_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ratchet.yaml").write_text("mcp: {transport: http, host: localhost, port: 9001}\n")
    assert json.loads(generate(tmp_path, "--transport", "http").stdout)["ratchet"]["url"] == "http://localhost:9001/mcp"
    # Whoever starts the server talks to what it has started.
    assert json.loads(generate(tmp_path).stdout)["ratchet"]["args"] == ["mcp", "--transport", "stdio"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--transport", "ftp"],
        ["--format", "yaml"],
        ["--env", "NAME"],
        ["--host", "localhost"],
        ["--port", "1"],
        ["--transport", "http", "--command", "ratchet"],
        ["--transport", "http", "--args", "x"],
        ["--transport", "http", "--env", "A=B"],
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    done = generate(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
