"""Look at the entries by which MCP clients start the server, and start it as they do."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from ratchet.cli.finding import Finding
from ratchet.errors import RatchetError
from ratchet.mcp_server.clients.client import CLIENTS, Client
from ratchet.mcp_server.clients.entry import check_entry, is_ours, words_of
from ratchet.mcp_server.clients.installed import read_entries
from ratchet.mcp_server.clients.trial import environment_for, try_server
from ratchet.task.text import printable
from ratchet.values import JsonObject, Place


def client_findings() -> Iterator[Finding]:
    """Yield a finding for each entry that starts Ratchet, and for each file that cannot be read."""
    for client in CLIENTS.values():
        path = client.place(sys.platform, os.environ)
        try:
            entries = read_entries(client, path) or {}
        except RatchetError as error:
            yield Finding(client.name, "warning", error.message, error.hint)
            continue
        for name, entry in entries.items():
            if is_ours(entry) and isinstance(entry, dict):
                yield _entry_finding(client, path, name, entry)


def _entry_finding(client: Client, path: str, name: str, entry: JsonObject) -> Finding:
    title = f"{client.name} ({printable(name)})"
    mend = f"`ratchet mcp install --client {client.name} --name {printable(name)} …` writes it again, in {path}"
    given = entry.get("env") or {}
    environment = environment_for(client.own_path, os.environ)
    if isinstance(given, dict):
        environment |= {key: value for key, value in given.items() if isinstance(value, str)}
    for problem in check_entry(entry, f"/{client.key}/{name}", Place(path), environment["PATH"]):
        return Finding(title, "error", problem.message, mend)
    trial = try_server(words_of(entry), environment)
    if trial.failure is not None:
        return Finding(title, "error", trial.failure, mend)
    return Finding(title, "ok", f"{trial.tools} tools, started and ended in {trial.milliseconds:,} ms")
