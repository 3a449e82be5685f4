"""Locks on files: one process at a time has one, and the system lets go of it when that dies."""

from __future__ import annotations

import sys
from typing import IO


def lock_at_once(file: IO[bytes]) -> None:
    """Lock an open file; closing it lets go.

    Raises:
        OSError: Somebody else has it locked, in this process or another.
    """
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
