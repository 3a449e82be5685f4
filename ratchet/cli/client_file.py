"""The file in which a client of the MCP server, such as Claude Desktop, reads what to start."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator

from ratchet.values import Json, JsonObject, Place, Problem

_SERVERS = "mcpServers"
_COMMANDS = ("mcp", "mcp-serve")


def client_file(config: str | None) -> JsonObject:
    """Return a file with one server, this program by its whole path: a client knows neither the path nor the folder.

    Args:
        config: The configuration file that the server reads; None to have it look for one.
    """
    named = ["--config", os.path.abspath(config)] if config else []
    entry = {"command": sys.executable, "args": ["-m", "ratchet", "mcp", *named], "env": {}}
    return {_SERVERS: {"ratchet": entry}}


def read_client_file(content: bytes) -> JsonObject | None:
    """Return what a client's file holds, None for a file of another kind."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and isinstance(document.get(_SERVERS), dict) else None


def check_client_file(document: JsonObject, path: str) -> list[Problem]:
    """Return what would keep a client from starting the entries that are Ratchet's."""
    problems: list[Problem] = []
    for name, entry in document[_SERVERS].items():
        if _is_ours(entry):
            problems += _check_entry(entry, f"/{_SERVERS}/{name}", Place(path))
    return problems


def _is_ours(entry: Json) -> bool:
    arguments = entry.get("args") if isinstance(entry, dict) else None
    return isinstance(arguments, list) and any(word in _COMMANDS for word in arguments)


def _check_entry(entry: JsonObject, pointer: str, place: Place) -> Iterator[Problem]:
    command, arguments = entry.get("command"), entry["args"]
    if not isinstance(command, str) or shutil.which(command) is None:
        hint = "`ratchet config generate --type claude` writes the whole path of this one"
        yield Problem(f"The program `{command}` cannot be run", place, f"{pointer}/command", hint)
    for index, word in enumerate(arguments[:-1]):
        after = arguments[index + 1]
        if word == "--config" and not (isinstance(after, str) and os.path.isfile(after)):
            where = f"{pointer}/args/{index + 1}"
            yield Problem(f"The configuration file `{after}` is not there", place, where, "Name it by its whole path")
