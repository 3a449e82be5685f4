"""Start a worker or the zygote: a clean interpreter that knows nothing of this process.

Kept free of heavy imports: `python -m ratchet run-once` starts its worker before anything else is imported.
"""

from __future__ import annotations

import os
import sys

ENVIRONMENT = {"TZ": "UTC0"}
"""All that a worker knows of its surroundings: a task sees the same local time everywhere."""

_BOOT = """import sys
mode, engine, *sys.path[len(sys.path):] = sys.argv[1:]
from ratchet.sandbox.boot import main
main(mode, engine)"""


def command(mode: str, engine: str) -> list[str]:
    """Return the command line of a worker: isolated from user settings, without `site`, with this process's path."""
    package_parent = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    path = dict.fromkeys([package_parent, *(os.path.abspath(entry) for entry in sys.path if entry)])
    return [sys.executable, "-I", "-S", "-c", _BOOT, mode, engine, *path]


def spawn(mode: str, engine: str, read_from: int, write_to: int) -> int:
    """Start the interpreter with these descriptors as 0 and 1, nothing as 2, `ENVIRONMENT`; return its id.

    POSIX only; both descriptors must be above 2 and close on exec.
    """
    actions = [
        (os.POSIX_SPAWN_DUP2, read_from, 0),
        (os.POSIX_SPAWN_DUP2, write_to, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    # A group of its own: Ctrl-C in the terminal is for this process, which then ends the worker itself.
    return os.posix_spawn(sys.executable, command(mode, engine), ENVIRONMENT, file_actions=actions, setpgroup=0)


def start_worker(engine: str) -> tuple[int, int, int]:
    """Start a worker and return its process id, and the descriptors to read from it and to write to it."""
    theirs_in, ours_out = pipe_above_standard()
    ours_in, theirs_out = pipe_above_standard()
    try:
        return spawn("worker", engine, theirs_in, theirs_out), ours_in, ours_out
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
