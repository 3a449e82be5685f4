"""The file in which a client of the MCP server, such as Claude Desktop, reads what to start."""

from __future__ import annotations

import json

from ratchet.mcp_server.clients.entry import check_entry, entry_of, is_ours, server_command
from ratchet.values import JsonObject, Place, Problem

_SERVERS = "mcpServers"


def client_file(config: str | None, transport: str) -> JsonObject:
    """Return a file with one server, this program by its whole path: a client knows neither the path nor the folder.

    Args:
        config: The configuration file that the server reads; None to have it look for one.
        transport: The configured one, which is not for who starts the server.
    """
    return {_SERVERS: {"ratchet": {**entry_of(server_command([], config, transport)), "env": {}}}}


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
        if is_ours(entry):
            problems += check_entry(entry, f"/{_SERVERS}/{name}", Place(path))
    return problems
