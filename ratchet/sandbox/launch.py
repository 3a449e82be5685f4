"""Start a worker or the zygote: a clean interpreter that knows nothing of this process.

Kept free of heavy imports: `python -m ratchet run-once` starts its worker before anything else is imported.
"""

from __future__ import annotations

import os
import sys

ENVIRONMENT = {"TZ": "UTC0"}
"""All that a worker knows of its surroundings: a task sees the same local time everywhere."""

WORKER_PROGRAM = "ratchet.sandbox.boot"
"""The module whose `main` a worker begins with; other processes that are started like workers have others."""

START_SECONDS = 60.0
"""How long such a process may take to say that it is ready: it yields to all others, which may be many."""

_BOOT = """import sys
words, sys.path[len(sys.path):] = sys.argv[1:{end}], sys.argv[{end}:]
from {program} import main
main(*words)"""


def command(*words: str, program: str = WORKER_PROGRAM) -> list[str]:
    """Return the command line of a worker: isolated from user settings, without `site`, with this process's path.

    Args:
        words: What the program's `main` takes; that of a worker a mode and an engine.
    """
    package_parent = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    path = dict.fromkeys([package_parent, *(os.path.abspath(entry) for entry in sys.path if entry)])
    boot = _BOOT.format(program=program, end=1 + len(words))
    return [sys.executable, "-I", "-S", "-c", boot, *words, *path]


def spawn(command_line: list[str], read_from: int, write_to: int) -> int:
    """Start an interpreter with these descriptors as 0 and 1, nothing as 2, `ENVIRONMENT`; return its id.

    POSIX only; both descriptors must be above 2 and close on exec.
    """
    actions = [
        (os.POSIX_SPAWN_DUP2, read_from, 0),
        (os.POSIX_SPAWN_DUP2, write_to, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    # A group of its own: Ctrl-C in the terminal is for this process, which then ends the worker itself.
    return os.posix_spawn(sys.executable, command_line, ENVIRONMENT, file_actions=actions, setpgroup=0)


def start_worker(engine: str) -> tuple[int, int, int]:
    """Start a worker; see `start`."""
    return start(command("worker", engine))


def start(command_line: list[str]) -> tuple[int, int, int]:
    """Start an interpreter and return its process id, and the descriptors to read from it and to write to it."""
    theirs_in, ours_out = pipe_above_standard()
    ours_in, theirs_out = pipe_above_standard()
    try:
        return spawn(command_line, theirs_in, theirs_out), ours_in, ours_out
    finally:
        os.close(theirs_in)
        os.close(theirs_out)


def pipe_above_standard() -> tuple[int, int]:
    """Return a pipe whose ends are above 2, even when this process was started with a standard stream closed."""
    ends = list(os.pipe())
    low = [end for end in ends if end <= 2]
    for position in range(len(ends)):
        while ends[position] <= 2:
            ends[position] = os.dup(ends[position])
            low.append(ends[position])
    for end in {end for end in low if end <= 2}:
        os.close(end)
    return ends[0], ends[1]
