"""A client that is killed, and everything that it has started, by a mark in its environment."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mcp_server.raw_client import PATIENCE_SECONDS, ROOT
from tests.sandbox.processes import wait_until

STEPS = ("started", "initialized", "answered", "called")
"""What the client says of itself, in this order."""

_MARK = "RATCHET_MARK"
_CLIENT = """\
import json, subprocess, sys

server = subprocess.Popen(
    [sys.executable, "-m", "ratchet", "mcp", "--tasks", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE
)

def send(**message):
    server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\\n")
    server.stdin.flush()

def call(identity, task, value):
    arguments = {"task": task, "input": value}
    send(id=identity, method="tools/call", params={"name": "execute_task", "arguments": arguments})

print("started", flush=True)
about = {"name": "killed", "version": "1"}
send(id=1, method="initialize", params={"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": about})
server.stdout.readline()
print("initialized", flush=True)
send(method="notifications/initialized")
call(2, "total", {"items": [1]})
while b'"id":2' not in server.stdout.readline():
    pass
print("answered", flush=True)
for identity in range(3, 7):
    call(identity, "endless", None)
print("called", flush=True)
server.stdout.read()
"""


class Killed:
    """A client under way."""

    def __init__(self, process: subprocess.Popen[bytes], mark: str) -> None:
        self._process = process
        self._mark = f"{_MARK}={mark}".encode()

    def kill_at(self, step: str) -> None:
        """Kill it as soon as it says so."""
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline().decode().strip()) != step:
            assert line, "the client has ended by itself"
        self._process.kill()

    def kill_after(self, seconds: float) -> None:
        """Kill it after a time, wherever it is then."""
        pidfd = os.pidfd_open(self._process.pid)
        ended, _, _ = select.select([pidfd], [], [], seconds)
        os.close(pidfd)
        assert not ended, "the client has ended by itself"
        self._process.kill()

    def assert_nothing_left(self) -> None:
        """Wait until nothing that it has started is there."""
        self._process.wait(PATIENCE_SECONDS)
        # A server that has only just begun comes to see the end of stdin when it is ready to read.
        wait_until(lambda: not self._left())

    def _left(self) -> list[int]:
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._mark in _environment(entry)]


def _environment(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:
        return b""


@contextmanager
def start_client(tasks: Path) -> Iterator[Killed]:
    """Start a client that starts the server on a folder of tasks."""
    mark = uuid.uuid4().hex
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tasks.parent), _MARK: mark}
    command = [sys.executable, "-c", _CLIENT, str(tasks)]
    # Quiet: what the server makes of its end is not the subject.
    with subprocess.Popen(
        command, env=environment, cwd=tasks.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Killed(process, mark)
        finally:
            process.kill()
