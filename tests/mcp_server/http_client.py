"""The program serving over HTTP, and requests to it that hide nothing."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.mcp_server.raw_client import MODERN, PATIENCE_SECONDS, ROOT

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
HANDSHAKE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}


class Reply(NamedTuple):
    """An answer, its body as it came."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def message(self) -> Any:
        """The JSON-RPC message in the body, be it alone or the last event of a stream."""
        events = [line.removeprefix("data: ") for line in self.body.splitlines() if line.startswith("data: {")]
        return json.loads(events[-1] if events else self.body)


class Served(NamedTuple):
    """One running server.

    Args:
        said: What it has written to stderr before it began to serve.
    """

    process: subprocess.Popen[str]
    port: int
    token: str
    said: str

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/mcp"

    @property
    def bearer(self) -> dict[str, str]:
        """The header that lets one in."""
        return {"Authorization": f"Bearer {self.token}"}

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)

    def request(
        self, body: Any = None, headers: Mapping[str, str] | None = None, *, method: str = "POST", path: str = "/mcp"
    ) -> Reply:
        """Send one request with these headers and no other; what is no bytes is sent as JSON."""
        connection = self.connect()
        try:
            data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
            connection.request(method, path, data, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def modern(self, method: str, **params: Any) -> Reply:
        """Ask something in the newer era."""
        return self.request(modern_body(method, **params), self.modern_headers(method, **params))

    def modern_headers(self, method: str, **params: Any) -> dict[str, str]:
        """Return the headers of a request of the newer era."""
        named = {"Mcp-Name": params["name"]} if "name" in params else {}
        return {**JSON, **self.bearer, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, **named}

    def open_session(self) -> dict[str, str]:
        """Do the handshake of the older era; return the headers of the session."""
        opened = self.request(older_body(1, "initialize", HANDSHAKE), {**JSON, **self.bearer})
        assert opened.status == 200
        session = {**JSON, **self.bearer, "Mcp-Session-Id": opened.headers["mcp-session-id"]}
        assert self.request(older_body(None, "notifications/initialized"), session).status == 202
        return session


def older_body(identity: int | None, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a message of the older era; a notification without an id."""
    named = {} if identity is None else {"id": identity}
    return {"jsonrpc": "2.0", **named, "method": method, **({} if params is None else {"params": params})}


def modern_body(method: str, **params: Any) -> dict[str, Any]:
    """Return a request of the newer era."""
    return older_body(1, method, {**params, "_meta": MODERN})


@contextmanager
def start_http(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    """Start the program in a folder on a free port; it is ended by a signal."""
    command = [sys.executable, "-m", "ratchet", "mcp", "--transport", "http", "--port", "0", *arguments]
    variables = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "XDG_STATE_HOME": str(folder), **environment}
    with subprocess.Popen(
        command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said = ""
            assert process.stderr is not None
            while "Serving " not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            file = folder / "ratchet" / "mcp-token"
            token = environment.get("RATCHET_MCP__TOKEN") or (file.read_text().strip() if file.exists() else "")
            yield Served(process, int(said.rpartition(":")[2].partition("/")[0]), token, said)
            process.terminate()
            process.wait(PATIENCE_SECONDS)
        finally:
            process.kill()
