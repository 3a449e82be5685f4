"""Write files so that they are there whole or not at all."""

from __future__ import annotations

import os
import tempfile


def write_file(path: str, text: str) -> None:
    """Replace a file by a new text in one step; its permissions stay."""
    path = os.path.realpath(path)
    handle, waiting = tempfile.mkstemp(prefix=".", suffix=".new", dir=os.path.dirname(path))
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(waiting, _mode_of(path))
        os.replace(waiting, path)
    except BaseException:
        os.unlink(waiting)
        raise


def _mode_of(path: str) -> int:
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        return 0o644
