"""Run commands in an empty folder and return their whole replies."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ratchet.cli import main
from ratchet.cli.terminal import AGENTS
from tests.gateway.http_server import HttpServer

Command = Callable[..., str]
MakeTask = Callable[..., Path]

_ROOT = Path(__file__).parents[2]
_METADATA = {
    "uuid": "4f0c6f2e-52a3-4d53-9c1f-0d6e9d6e3b11",
    "label": "Total",
    "version": "1.2.3",
    "description": "Adds up the items of an order",
}
_INPUT = {
    "type": "object",
    "properties": {"order": {"type": "object"}, "name": {"type": "string"}},
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in an empty folder; afterwards no process and no temporary file may be left."""
    work, temporary, home = tmp_path / "work", tmp_path / "temporary", tmp_path / "home"
    for each in (work, temporary, home):
        each.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # Replies are compared whole: the width of whoever runs the tests must not show.
    monkeypatch.setenv("COLUMNS", "100")
    for variable in (*AGENTS, "CI", "GITHUB_ACTIONS", "GITHUB_WORKSPACE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    children = _children()
    yield work
    # What others had started may have ended meanwhile.
    assert _children() <= children, "a process is left behind"
    assert list(temporary.iterdir()) == [], "a temporary file is left behind"
    assert list(home.iterdir()) == [], "something was written to the home folder"
    assert [path for path in work.rglob("*") if path.name.endswith((".tmp", ".new"))] == []
    assert list(work.rglob(".ratchet-*")) == []


def _children() -> set[str]:
    """Return the processes that this one has started and not reaped, where the system tells."""
    folder = Path(f"/proc/{os.getpid()}/task")
    if not folder.is_dir():
        return set()
    found: set[str] = set()
    for thread in folder.iterdir():
        # A thread can end while the list of threads is read.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found.update((thread / "children").read_text().split())
    return found


@pytest.fixture
def ratchet(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs a command line in this process and returns all that came back."""

    def run(*arguments: str, stdin: bytes = b"") -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = main(list(arguments))
        stdout, stderr = capfd.readouterr()
        return reply_of(code, stdout, stderr)

    return run


def reply_of(code: int, stdout: str, stderr: str) -> str:
    """Return a reply as one text: the exit code, and each stream that is not empty."""
    streams = {"stdout": stdout, "stderr": stderr}
    return f"exit {code}\n" + "".join(f"--- {name}\n{text}" for name, text in streams.items() if text)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Return a function that starts the program as a process in the working folder; what is left of it is killed."""
    with contextlib.ExitStack() as stack:

        def run(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
            environment = {**os.environ, "PYTHONPATH": str(_ROOT), "TERM": "xterm-256color", **options.pop("env", {})}
            process = subprocess.Popen(
                [sys.executable, "-m", "ratchet", *arguments],
                **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment, **options},
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield run


@pytest.fixture
def make_task(folder: Path) -> MakeTask:
    """Return a function that writes a task into the working folder; files and metadata keys of None are left out."""

    def make(
        source: str = "(input) => ({ total: 1 })\n",
        *,
        name: str = "total",
        files: Mapping[str, str | bytes | None] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Path:
        keys = {key: value for key, value in {**_METADATA, **(metadata or {})}.items() if value is not None}
        everything: dict[str, str | bytes | None] = {
            "metadata.json": json.dumps(keys, indent=2),
            "main.js": source,
            "input.schema.json": json.dumps(_INPUT, indent=2),
            "output.schema.json": "true",
            **(files or {}),
        }
        for path, content in everything.items():
            if content is not None:
                file = folder / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder / name

    return make


@pytest.fixture
def server() -> Iterator[HttpServer]:
    """Return a server on this machine, which is no public address."""
    with HttpServer() as running:
        yield running
