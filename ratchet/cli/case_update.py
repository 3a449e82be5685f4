"""`ratchet test --update`: write the outputs of failing cases into the files of the cases."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator

from ratchet.cases.model import Result
from ratchet.cases.update import is_updatable, update_text
from ratchet.errors import Conflict
from ratchet.task.new_file import write_file


class Updates:
    """Collects the new texts of files and writes them at the end."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}

    def take(self, result: Result) -> Result:
        """Return a result as updated, where it can be; a ZIP is left as it is."""
        if not is_updatable(result) or not os.path.isdir(result.task.location):
            return result
        written = result.case.written
        before = self._after.get(written.path, written.text)
        after = update_text(before, result)
        if after == before:
            return result
        self._before.setdefault(written.path, written.text)
        self._after[written.path] = after
        return result._replace(status="updated")

    def write(self) -> Iterator[list[str]]:
        """Write every file and yield how it has changed.

        Raises:
            Conflict: Somebody has changed a file meanwhile.
            Refused: A file cannot be written.
        """
        for path, after in self._after.items():
            before = self._before[path]
            with open(path, "rb") as file:
                if file.read() != before.encode():
                    message = f"`{path}` has changed while its cases ran, and is left as it is"
                    raise Conflict(message, hint="Run the cases again")
            write_file(path, after)
            lines = difflib.unified_diff(before.splitlines(), after.splitlines(), path, path, lineterm="", n=1)
            yield list(lines)
