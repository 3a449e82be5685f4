"""A file that one process at a time holds, and that the system lets go of when it dies."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import IO

from ratchet.errors import Conflict, Unavailable
from ratchet.registry.file_lock import try_lock
from ratchet.task.text import printable


def lock_path(database: str) -> str:
    """Return the path of the file that the node of an SQLite file holds."""
    return os.path.join(os.path.dirname(database), "jobs.lock")


def hold_lock(path: str, hint: str) -> IO[bytes]:
    """Lock a file and return it; closing it lets go.

    Args:
        hint: What to do where another process holds it.

    Raises:
        Conflict: Another process holds it.
        Unavailable: It cannot be written, or locked.
    """
    try:
        file = open(path, "ab")  # noqa: SIM115 (It is given to the caller.)
    except OSError as error:
        raise Unavailable(f"`{printable(path)}` cannot be written: {error.strerror}") from None
    with ExitStack() as opened:
        opened.enter_context(file)
        if not try_lock(file):
            raise Conflict(f"Another server works on the jobs of `{printable(os.path.dirname(path))}`", hint=hint)
        opened.pop_all()
    return file
