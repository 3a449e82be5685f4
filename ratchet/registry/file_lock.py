"""Locks on files: one process at a time has one, and the system lets go of it when that dies."""

from __future__ import annotations

import errno
import sys
from typing import IO

from ratchet.errors import Unavailable
from ratchet.task.text import printable

# What flock(2) says of a file that is locked, and what Windows says of it.
_LOCKED = (errno.EAGAIN, errno.EACCES)


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file, and tell whether nobody else has it locked, in this process or another; closing it lets go.

    Raises:
        Unavailable: The system locks no files there.
    """
    try:
        _lock(file)
    except OSError as error:
        if error.errno in _LOCKED:
            return False
        message = f"`{printable(str(file.name), 1000)}` cannot be locked: {error.strerror or error}"
        raise Unavailable(message, hint="Use a folder on a disk of this machine") from None
    return True


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
