"""Changes of the tasks in a folder: one at a time, whoever makes them, and none of what is not there any more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from ratchet.errors import Conflict, PreconditionFailed, Refused
from ratchet.registry.file_lock import try_lock
from ratchet.task.text import printable

_LOCK_FILE = ".ratchet-lock"
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.005

Check = Callable[[str], None]
"""Refuses to change a task whose digest is this."""


@contextmanager
def writing(folder: str) -> Iterator[None]:
    """Keep everybody else, in other processes too, from changing tasks of a folder as long as the block lasts.

    Raises:
        Refused: The folder cannot be written.
        Conflict: Somebody keeps it too long.
        Unavailable: The system locks no files there.
    """
    try:
        file = open(os.path.join(folder, _LOCK_FILE), "ab")  # noqa: SIM115 (It is closed below.)
    except OSError as error:
        raise Refused(f"`{printable(folder, 1000)}` cannot be written: {error.strerror or error}") from None
    with file:
        _wait_for(file, folder)
        yield


def _wait_for(file: IO[bytes], folder: str) -> None:
    ends = time.monotonic() + _PATIENCE_SECONDS
    while not try_lock(file):
        if time.monotonic() > ends:
            hint = "Look for a process that hangs, and try again"
            raise Conflict(f"Somebody else is writing to `{printable(folder, 1000)}`", hint=hint)
        time.sleep(_LOOK_SECONDS)


def only_if(name: str, digest: str | None, hint: str) -> Check:
    """Return what refuses to change a task that is not any more as somebody has seen it; all are well without one.

    Args:
        digest: What the task was.
        hint: How to see what it is now.
    """

    def check(found: str) -> None:
        if digest not in (None, found):
            raise PreconditionFailed(f"`{printable(name)}` has been changed in between: it is `{found}` now", hint=hint)

    return check
