"""Scripts of the console: a file, or what comes on stdin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from ratchet.errors import InvalidInput, NotFound
from ratchet.task.nearby import nearest_path
from ratchet.task.text import decode_text, printable

_MOST_BYTES = 1024 * 1024


def read_script(path: str) -> list[str]:
    """Return the lines of a file.

    Raises:
        NotFound: It cannot be read.
        InvalidInput: It is too large or no UTF-8.
    """
    return decode_text(_read(path), file=path, kind=InvalidInput).split("\n")


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        match = None if os.path.lexists(path) else nearest_path(path)
        hint = f"Did you mean `{match}`?" if match else "Name a file that is there and can be read"
        raise NotFound(f"The script `{printable(path)}` cannot be read: {reason}", hint=hint) from None
    if len(data) > _MOST_BYTES:
        raise InvalidInput(f"The script `{printable(path)}` is larger than {_MOST_BYTES >> 20} MB")
    return data


def lines_of_stdin() -> Iterator[str]:
    """Yield the lines of stdin one by one: a command that reads stdin gets those that follow."""
    for data in iter(sys.stdin.buffer.readline, b""):
        yield decode_text(data, file="stdin", kind=InvalidInput)
