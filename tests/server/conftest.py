"""A server, started as a user starts it, and what talks to it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.mcp_server.conftest import write_tasks

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
_KEY = re.compile(r"^The API key, which is shown this once: (\S+)$", re.MULTILINE)
_URL = re.compile(r"^Serving on (\S+);", re.MULTILINE)


class Served:
    """A running server.

    Args:
        said: What it has written to stderr before it took requests.
    """

    def __init__(self, process: subprocess.Popen[bytes], said: str) -> None:
        self.process = process
        self.said = said
        self.url = _URL.findall(said)[0]
        self.key = (_KEY.findall(said) or [None])[0]

    def ask(self, method: str, path: str, value: Any = None, **options: Any) -> requests.Response:
        """Send a request with the key of the server, unless there is another in `headers`."""
        headers = {} if self.key is None else {"Authorization": f"Bearer {self.key}"}
        headers |= options.pop("headers", {})
        body = {} if value is None else {"json": value}
        return requests.request(
            method, self.url + path, headers=headers, timeout=PATIENCE_SECONDS, allow_redirects=False, **body, **options
        )

    def get(self, path: str, **options: Any) -> Any:
        """Return the JSON at a path, which must be there."""
        answer = self.ask("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Stop it by a signal; return the exit code and what else it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE_SECONDS)
        # That tasks of the folder are no tools of MCP is not what the tests are about.
        lines = [line for line in said.decode().splitlines(keepends=True) if "` is no tool: " not in line]
        return self.process.returncode, "".join(lines)


_NO_RATE = {"RATCHET_SERVER__RATE_LIMIT__REQUESTS_PER_MINUTE": "0"}
"""Who asks again and again, as a test does, would be told to wait."""


def environment_of(home: Path) -> dict[str, str]:
    """Return an environment in which nothing is kept outside a folder."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), "LANG": "C.UTF-8"}


@contextmanager
def start_server(home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Run `ratchet serve` on a free port, with a folder for its home, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ratchet", "serve", "--port", "0", *arguments],
        cwd=home,
        env={**environment_of(home), **_NO_RATE, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    with process:
        try:
            said = ""
            while not _URL.search(said):
                line = process.stderr.readline().decode()
                assert line, f"the server has ended: {said}"
                said += line
            yield Served(process, said)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server that offers the tasks of `tests/mcp_server`, shared by a module."""
    home = tmp_path_factory.mktemp("home")
    write_tasks(home / "tasks")
    with start_server(home, "--tasks", "tasks") as served:
        yield served


def run(served: Served, task: str, value: Any, **options: Any) -> requests.Response:
    """Run a task and return the answer."""
    return served.ask("POST", f"/api/v1/tasks/{task}/execute", {"input": value, **options})


def events_of(answer: requests.Response) -> list[tuple[str, str, Any]]:
    """Return the events of a stream that has ended: id, kind, data."""
    found = []
    for block in answer.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return found
