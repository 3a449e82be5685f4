"""The three standard streams, which whoever starts a process may have closed."""

from __future__ import annotations

import os
import sys


def open_missing_streams() -> None:
    """Open what is missing on the null device.

    A pipe to a worker would otherwise get the number of a standard stream, and be written to as one.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is taken, which is this one.
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8")
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace")


def discard_stdout() -> None:
    """Send what is left in the buffer of stdout nowhere: Python writes it once more at exit, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
