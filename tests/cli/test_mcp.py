"""`ratchet mcp --transport http`: what is refused before anything is served."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command

HTTP = ("mcp", "--transport", "http")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that keeps the token."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "ratchet"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_need_a_token(ratchet: Command, host: str) -> None:
    assert ratchet(*HTTP, "--host", host, "--no-auth") == (
        f"exit 3\n--- stderr\nError: Without a token, only this machine may reach it, and others reach `{host}`\n"
        "Hint: Leave `--no-auth` away, or listen on 127.0.0.1\n"
    )


def test_a_host_that_is_not_there_is_refused(ratchet: Command) -> None:
    assert ratchet(*HTTP, "--host", "no such host") == snapshot("""\
exit 3
--- stderr
Error: There is no host `no such host`
Hint: Name an address of this machine
""")


def test_a_port_that_is_taken_is_told(ratchet: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATCHET_MCP__TOKEN", "sixteen letters.")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert ratchet(*HTTP, "--port", str(port)) == (
            f"exit 6\n--- stderr\nError: `127.0.0.1`, port {port}, cannot be listened on: Address already in use\n"
            "Hint: Name another port with `--port`; 0 is any free one\n"
        )


@pytest.mark.parametrize("option", ["--host=::1", "--port=1", "--no-auth"])
def test_an_option_that_would_do_nothing_is_refused(ratchet: Command, option: str) -> None:
    name = option.partition("=")[0]
    assert ratchet("mcp", option) == (
        f"exit 2\n--- stderr\nError: `{name}` is for `--transport http`\n"
        "Hint: `ratchet mcp --help` lists what it takes\n"
    )


def test_a_transport_that_nobody_knows_gets_the_nearest(ratchet: Command) -> None:
    assert ratchet("mcp", "--transport", "htp") == snapshot("""\
exit 2
--- stderr
Error: `--transport htp` is none of stdio, http
Hint: Did you mean `--transport http`?
""")


@pytest.mark.skipif(sys.platform == "win32", reason="looks at modes")
@pytest.mark.parametrize(
    ("text", "mode", "sentence"),
    [
        ("a-token-that-is-long-enough", 0o644, "The token in `{file}` may be known to others, who can open that file"),
        ("short", 0o600, "`{file}` holds no token"),
        ("", 0o600, "`{file}` holds no token"),
        ("two lines that are\nlong enough", 0o600, "`{file}` holds no token"),
    ],
)
def test_a_token_that_is_none_is_refused(ratchet: Command, state: Path, text: str, mode: int, sentence: str) -> None:
    state.mkdir(parents=True)
    file = state / "mcp-token"
    file.write_text(text)
    file.chmod(mode)
    assert ratchet(*HTTP, "--port", "0") == (
        f"exit 3\n--- stderr\nError: {sentence.format(file=file)}\nHint: Delete it, to have a new one made\n"
    )


def test_a_folder_that_cannot_be_made_is_told(ratchet: Command, state: Path) -> None:
    state.parent.write_text("in its place")
    assert ratchet(*HTTP, "--port", "0") == (
        f"exit 3\n--- stderr\nError: The token cannot be kept in `{state / 'mcp-token'}`: Not a directory\n"
        "Hint: Set `mcp.token` to `env:NAME` or `file:PATH`, where one stands\n"
    )


def test_a_token_of_the_configuration_that_can_be_guessed_is_refused(
    ratchet: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATCHET_MCP__TOKEN", "fifteen letters")
    assert ratchet(*HTTP, "--port", "0") == snapshot("""\
exit 3
--- stderr
Error: `mcp.token` has fewer than 16 characters
Hint: Take a longer one
""")
    monkeypatch.setenv("RATCHET_MCP__TOKEN", "env:NOT_SET")
    assert ratchet(*HTTP, "--port", "0") == snapshot("""\
exit 3
--- stderr
Error: The variable `NOT_SET` is not set
Hint: Set it, or name another one
""")


def test_access_tokens_do_not_cross_the_network_in_the_clear(ratchet: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATCHET_MCP__OAUTH__ISSUER", "https://login.example.com")
    assert ratchet(*HTTP, "--host", "0.0.0.0") == snapshot("""\
exit 3
--- stderr
Error: Access tokens must not cross the network in the clear
Hint: Set `mcp.oauth.resource` to the https URL that clients use, that of the proxy with its path
""")
