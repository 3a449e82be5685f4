"""The history of the console: a file that only its user reads, without secrets."""

from __future__ import annotations

import os
import re
import sys

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from ratchet.cli.paths import state_folder
from ratchet.task.text import printable

_MOST_BYTES = 1024 * 1024
_SECRET_NAME = r"(?:passw(?:or)?d|passphrase|secret|token|credential|authorization|api[_-]?key|private[_-]?key)"
# After the name a `=` or `:`, and then a value; `@FILE` and `$NAME` only say where it is.
_SECRET = re.compile(
    rf"""{_SECRET_NAME}\w*["']?\s*[=:]\s*["']?(?![@$"'\s])\S      # `token=…`, `"apiKey": "…"`
    |--secret[ =]["']?(?!\w+=["']?[@$])\S                        # `--secret NAME=…`
    |bearer\s+(?!\$)\S
    |://[^/\s:@]*:[^/\s@$]+@                                     # `https://user:password@…`""",
    re.IGNORECASE | re.VERBOSE,
)


def is_kept(line: str) -> bool:
    """Tell whether a line belongs in the history: not after a space, and not with what looks like a secret."""
    return not line.startswith(" ") and _SECRET.search(line) is None


class CarefulHistory(FileHistory):
    """Leaves out what does not belong in a history, even for this session."""

    def append_string(self, string: str) -> None:
        """Add a line, if it is to be kept."""
        if is_kept(string):
            super().append_string(string)


class SessionHistory(InMemoryHistory):
    """The same where no file can be written."""

    def append_string(self, string: str) -> None:
        """Add a line, if it is to be kept."""
        if is_kept(string):
            super().append_string(string)


def open_history() -> History:
    """Return the history in the user's state folder; where that cannot be written, one for this session."""
    path = os.path.join(state_folder(), "console_history")
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        _prepare(path)
    except OSError as error:
        print(f"Warning: The history `{printable(path)}` cannot be kept: {error.strerror}", file=sys.stderr)
        return SessionHistory()
    return CarefulHistory(path)


def _prepare(path: str) -> None:
    """Make the file, its user's alone, and take its older half away when it has grown large."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with open(descriptor, "r+b") as file:
        if sys.platform != "win32":
            os.fchmod(descriptor, 0o600)
        if os.fstat(descriptor).st_size > _MOST_BYTES:
            file.seek(-_MOST_BYTES // 2, os.SEEK_END)
            # An entry of prompt_toolkit's begins with a blank line and its time.
            newer = file.read().partition(b"\n\n# ")[2]
            file.seek(0)
            file.write(b"\n# " + newer)
            file.truncate()
