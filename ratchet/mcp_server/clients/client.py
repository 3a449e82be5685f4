"""The clients, and where each keeps what it starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from glob import glob
from typing import NamedTuple

from ratchet.values import JsonObject

Place = Callable[[str, Mapping[str, str]], str]


class Client(NamedTuple):
    """One client.

    Args:
        key: The object of its file that holds the entries.
        place: Returns the path of the file, for a system as `sys.platform` has it and an environment.
        fields: What its entries have besides the command and its arguments.
        comments: Whether it reads JSON with comments and trailing commas.
        own_path: Whether it is started from a shell as a rule, and so passes the user's `PATH` on.
        reload: What makes it read the file again.
    """

    name: str
    title: str
    key: str
    place: Place
    fields: JsonObject
    comments: bool
    own_path: bool
    reload: str


def _home(environment: Mapping[str, str]) -> str:
    return environment.get("HOME") or environment.get("USERPROFILE") or os.path.expanduser("~")


def _settings(system: str, environment: Mapping[str, str]) -> str:
    """Return the folder in which Electron keeps the settings of applications."""
    home = _home(environment)
    if system == "win32":
        return environment.get("APPDATA") or os.path.join(home, "AppData", "Roaming")
    if system == "darwin":
        return os.path.join(home, "Library", "Application Support")
    configured = environment.get("XDG_CONFIG_HOME", "")
    return configured if os.path.isabs(configured) else os.path.join(home, ".config")


def _claude_desktop(system: str, environment: Mapping[str, str]) -> str:
    folder = os.path.join(_settings(system, environment), "Claude")
    if system == "win32":
        # Installed as a package, it finds its files there and never sees those of `%APPDATA%`.
        local = environment.get("LOCALAPPDATA") or os.path.join(_home(environment), "AppData", "Local")
        packaged = sorted(glob(os.path.join(local, "Packages", "Claude_*", "LocalCache", "Roaming")))
        folder = os.path.join(packaged[0], "Claude") if packaged else folder
    return os.path.join(folder, "claude_desktop_config.json")


def _claude_code(_: str, environment: Mapping[str, str]) -> str:
    return os.path.join(environment.get("CLAUDE_CONFIG_DIR") or _home(environment), ".claude.json")


def _cursor(_: str, environment: Mapping[str, str]) -> str:
    return os.path.join(_home(environment), ".cursor", "mcp.json")


def _vscode(system: str, environment: Mapping[str, str]) -> str:
    return os.path.join(_settings(system, environment), "Code", "User", "mcp.json")


_STDIO: JsonObject = {"type": "stdio"}
_LIST = (
    Client(
        "claude-desktop",
        "Claude Desktop",
        key="mcpServers",
        place=_claude_desktop,
        fields={},
        comments=False,
        own_path=False,
        reload="Quit Claude Desktop and start it again",
    ),
    Client(
        "claude-code",
        "Claude Code",
        key="mcpServers",
        place=_claude_code,
        fields=_STDIO,
        comments=False,
        own_path=True,
        reload="Start a new session of Claude Code",
    ),
    Client(
        "cursor",
        "Cursor",
        key="mcpServers",
        place=_cursor,
        fields=_STDIO,
        comments=False,
        own_path=True,
        reload="Switch the server on in the settings of Cursor",
    ),
    Client(
        "vscode",
        "VS Code",
        key="servers",
        place=_vscode,
        fields=_STDIO,
        comments=True,
        own_path=True,
        reload="Start the server in VS Code by `MCP: List Servers`",
    ),
)
CLIENTS = {client.name: client for client in _LIST}
"""By the name that `--client` takes."""
