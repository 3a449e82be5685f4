"""What a command of the console prints to stdout, kept for `$_` while it is shown."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from ratchet.cli.terminal import uncoloured

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MOST_BYTES = 32 * 1024 * 1024
"""As much as an input may have: more could be given to no task."""


class KeptOutput(io.BufferedIOBase):
    """Passes bytes on and keeps them, as long as they are not too many."""

    def __init__(self, target: BinaryIO) -> None:
        super().__init__()
        self._target = target
        self._kept = bytearray()
        self._size = 0

    @property
    def name(self) -> str:
        """Return the name of the target."""
        return self._target.name

    @property
    def text(self) -> str | None:
        """Return what was printed without the line feeds at its end; None when it was too much."""
        if self._size > MOST_BYTES:
            return None
        return uncoloured(self._kept.decode("utf-8", "backslashreplace")).rstrip("\n")

    def write(self, data: ReadableBuffer, /) -> int:
        """Write to the target and return how much it took."""
        taken = self._target.write(data)
        self._size += taken
        if self._size <= MOST_BYTES:
            self._kept += memoryview(data)[:taken]
        else:
            self._kept.clear()
        return taken

    def flush(self) -> None:
        """Flush the target."""
        self._target.flush()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def isatty(self) -> bool:
        """Say whether the target is a terminal: commands lay out their output for one."""
        return self._target.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the target."""
        return self._target.fileno()


@contextmanager
def keep_stdout() -> Iterator[KeptOutput]:
    """Keep what is printed to stdout inside the block."""
    shown = sys.stdout
    shown.flush()
    kept = KeptOutput(shown.buffer)
    copy = io.TextIOWrapper(
        kept, encoding=shown.encoding, errors=shown.errors, line_buffering=shown.isatty(), write_through=True
    )
    sys.stdout = copy
    try:
        yield kept
    finally:
        sys.stdout = shown
        copy.detach()
        shown.flush()
