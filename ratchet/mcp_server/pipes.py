"""Stdin and stdout of this process, kept to one user."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return stdin and stdout, the second without a buffer, for nobody else.

    Who else reads finds the end, and what is printed goes to stderr: as soon as a library is imported, it may print.
    """
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # What is buffered there would reach the wire when the interpreter ends.
    sys.stdout = sys.stderr
    return incoming, outgoing
