"""A node as a process of its own, for tests that kill it: works on the jobs of a database until stdin is closed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ratchet.execution.runtime import Runtime
from ratchet.jobs.service import open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.sandbox.pool import Pool
from ratchet.store.store import open_store
from tests.jobs.tasks import open_tasks


def start_node(url: str, tasks: Path, **settings: Any) -> subprocess.Popen[str]:
    """Start a node; it has said that it works once this returns."""
    command = [sys.executable, "-m", "tests.jobs.node_process", url, str(tasks), json.dumps(settings)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    if process.stdout.readline() != "works\n":
        close_node(process)
        raise RuntimeError("the node has not begun to work")
    return process


def kill_node(process: subprocess.Popen[str]) -> None:
    """Kill a node as the system does when memory runs out."""
    process.kill()
    close_node(process)


def close_node(process: subprocess.Popen[str]) -> None:
    """Let a node end by itself, where it has not been killed."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait()
    process.stdout.close()


def main(url: str, tasks: str, settings: str) -> None:
    """Work until stdin is closed."""
    with (
        open_store(url) as store,
        Runtime(pool=Pool(maximum=4)) as runtime,
        open_jobs(store, runtime, open_tasks(Path(tasks)), JobSettings(**json.loads(settings))),
    ):
        print("works", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
