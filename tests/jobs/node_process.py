"""A node as a process of its own, for tests that kill it: works on the jobs of a database until stdin is closed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ratchet.execution.runtime import Runtime
from ratchet.jobs.service import open_jobs
from ratchet.jobs.settings import JobSettings
from ratchet.sandbox.pool import Pool
from ratchet.store.store import open_store
from tests.jobs.tasks import open_tasks

Node = subprocess.Popen[str]
PATIENCE_SECONDS = 60


@contextmanager
def running_node(url: str, tasks: Path, **settings: Any) -> Iterator[Node]:
    """Lend a node that works; at the end of the block it ends by itself, or is killed where the block has failed."""
    command = [sys.executable, "-m", "tests.jobs.node_process", url, str(tasks), json.dumps(settings)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        try:
            if node.stdout.readline() != "works\n":
                raise RuntimeError("the node has not begun to work")
            yield node
            node.stdin.close()
            node.wait(PATIENCE_SECONDS)
        finally:
            node.kill()


def kill_node(node: Node) -> None:
    """Kill a node as the system does when memory runs out."""
    node.kill()
    node.wait()


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
