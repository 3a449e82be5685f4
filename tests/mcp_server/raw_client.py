"""A client that speaks JSON-RPC over the program's pipes and hides nothing."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
LIST_CHANGED = "notifications/tools/list_changed"
RESOURCES_CHANGED = "notifications/resources/list_changed"
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


class RawClient:
    """One running server, and the lines it has written."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._rest = b""
        self._last = 0
        self.changes = 0
        self.initialized = False

    def wait_for_change(self) -> None:
        """Wait until the server says that the list of tools has changed, if it has not since this was last called."""
        while not self.changes:
            assert self._is_news(self.read())
        self.changes = 0

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, method: str, params: Mapping[str, Any] | None = None, *, notify: bool = False) -> int:
        """Send a request or a notification; return the id."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if not notify:
            self._last += 1
            message["id"] = self._last
        if params is not None:
            message["params"] = params
        self.write(json.dumps(message).encode() + b"\n")
        return self._last

    def read(self) -> dict[str, Any]:
        """Return the next message; whatever is on stdout must be one."""
        assert self.process.stdout is not None
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
            assert ready, "the server says nothing"
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            assert data, "the server has closed stdout"
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        return message

    def ask(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a request and return its answer, which must be the next message but for news of lists."""
        identity = self.send(method, params)
        while self._is_news(message := self.read()):
            pass
        assert message["id"] == identity
        return message

    def _is_news(self, message: Mapping[str, Any]) -> bool:
        """Tell whether a message says that a list has changed, and count those about the list of tools."""
        self.changes += message.get("method") == LIST_CHANGED
        return message.get("method") in (LIST_CHANGED, RESOURCES_CHANGED)

    def initialize(self) -> dict[str, Any]:
        """Do the handshake of the older era."""
        self.initialized = True
        client = {"name": "raw", "version": "1"}
        params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
        answer = self.ask("initialize", params)
        self.send("notifications/initialized", notify=True)
        return answer

    def call(self, tool: str, arguments: Mapping[str, Any], **params: Any) -> dict[str, Any]:
        """Call a tool and return its result."""
        result: dict[str, Any] = self.ask("tools/call", {"name": tool, "arguments": arguments, **params})["result"]
        return result

    def rest(self) -> bytes:
        """Return what the server writes until it closes stdout."""
        assert self.process.stdout is not None
        return self._rest + self.process.stdout.read()


@contextmanager
def start_server(
    folder: Path, *arguments: str, configuration: str | None = None, **environment: str
) -> Iterator[RawClient]:
    """Start the program in a folder with next to no environment; it must end when stdin does."""
    options = [] if configuration is None else ["--config", configuration]
    process = subprocess.Popen(
        [sys.executable, "-m", "ratchet", *options, "mcp", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            yield RawClient(process)
        finally:
            try:
                if process.stdin is not None and not process.stdin.closed:
                    process.stdin.close()
                process.wait(PATIENCE_SECONDS)
            finally:
                process.kill()
