"""The ways in which a client takes a request back, in both eras and over both transports."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.mcp_server.http_client import Served, modern_body, older_body, start_http
from tests.mcp_server.raw_client import MODERN, start_server
from tests.sandbox.processes import children_of, descendants_of, wait_until

CALL = {"name": "execute_task", "arguments": {"task": "endless", "input": None}}


class Endless(NamedTuple):
    """A server that runs a task which never ends.

    Args:
        server: Its process.
        cancel: Takes the request back.
    """

    server: int
    cancel: Callable[[], None]

    def worker(self, busy_seconds: float = 0.1) -> int:
        """Return the process that runs the task, once it has for so long."""
        wait_until(lambda: bool(self._busy(busy_seconds)))
        return self._busy(busy_seconds)[0]

    def _busy(self, busy_seconds: float) -> list[int]:
        # Its own children are the zygote and the like, whose start takes time too.
        workers = set(descendants_of(self.server)) - set(children_of(self.server))
        return [worker for worker in workers if _seconds_of(worker) >= busy_seconds]


def _seconds_of(process: int) -> float:
    """Return how long a process has computed."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def older_stdio(tasks: Path) -> Iterator[Endless]:
    """`notifications/cancelled` over the pipes."""
    with start_server(tasks.parent, "--tasks", str(tasks)) as client:
        client.initialize()
        identity = client.send("tools/call", CALL)
        cancelled = {"requestId": identity}
        yield Endless(client.process.pid, lambda: _drop(client.send("notifications/cancelled", cancelled, notify=True)))


@contextmanager
def newer_stdio(tasks: Path) -> Iterator[Endless]:
    """`notifications/cancelled` over the pipes, without a handshake before."""
    with start_server(tasks.parent, "--tasks", str(tasks)) as client:
        identity = client.send("tools/call", {**CALL, "_meta": MODERN})
        cancelled = {"requestId": identity, "_meta": MODERN}
        yield Endless(client.process.pid, lambda: _drop(client.send("notifications/cancelled", cancelled, notify=True)))


@contextmanager
def closed_stdin(tasks: Path) -> Iterator[Endless]:
    """The end of stdin."""
    with start_server(tasks.parent, "--tasks", str(tasks)) as client:
        client.initialize()
        client.send("tools/call", CALL)
        assert client.process.stdin is not None
        yield Endless(client.process.pid, client.process.stdin.close)


@contextmanager
def older_http(tasks: Path) -> Iterator[Endless]:
    """`notifications/cancelled` in a request of its own."""
    with start_http(tasks.parent, "--tasks", str(tasks)) as served, _session(served) as session:
        cancelled = older_body(None, "notifications/cancelled", {"requestId": 2})
        yield Endless(served.process.pid, lambda: _drop(served.request(cancelled, session)))


@contextmanager
def deleted_session(tasks: Path) -> Iterator[Endless]:
    """The end of the session."""
    with start_http(tasks.parent, "--tasks", str(tasks)) as served, _session(served) as session:
        yield Endless(served.process.pid, lambda: _drop(served.request(None, session, method="DELETE")))


@contextmanager
def _session(served: Served) -> Iterator[dict[str, str]]:
    """Open a session and call the task in it; its connection stays open."""
    session = served.open_session()
    with closing(served.connect()) as connection:
        connection.request("POST", "/mcp", json.dumps(older_body(2, "tools/call", CALL)), session)
        yield session


@contextmanager
def newer_http(tasks: Path) -> Iterator[Endless]:
    """The end of the connection."""
    with start_http(tasks.parent, "--tasks", str(tasks)) as served, closing(served.connect()) as connection:
        ask_endless(connection, served)
        yield Endless(served.process.pid, connection.close)


def ask_endless(connection: http.client.HTTPConnection, served: Served) -> None:
    """Call the task in the newer era and wait for nothing."""
    body = json.dumps(modern_body("tools/call", **CALL))
    connection.request("POST", "/mcp", body, served.modern_headers("tools/call", **CALL))


def _drop(_: Any) -> None:
    """Take what nobody needs."""


Way = Callable[[Path], AbstractContextManager[Endless]]
WAYS: list[Way] = [older_stdio, newer_stdio, closed_stdin, older_http, deleted_session, newer_http]
