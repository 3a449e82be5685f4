"""Take the tasks out of files in memory: a ZIP, or a repository."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from ratchet.errors import InvalidTask, RatchetError
from ratchet.registry.contents import Contents, Entry, entry_of, without_doubles
from ratchet.registry.folder import left_out
from ratchet.registry.looks import Looks, looks_of
from ratchet.registry.source import Source, path_of
from ratchet.task.archive import read_archive
from ratchet.task.load import build_task, task_roots
from ratchet.task.model import Task
from ratchet.task.text import printable
from ratchet.values import Problem

Found = tuple[str, Task | RatchetError]
"""The path of a task inside its source, and the task or why it is none."""


def tasks_in(files: Mapping[str, bytes], location: str, subdirectory: str = "") -> Iterator[Found]:
    """Yield every task among files.

    Args:
        location: What errors call the files as a whole.
        subdirectory: Where to look; "" for everywhere.

    Raises:
        InvalidTask: There is no such folder.
    """
    start = subdirectory.strip("/") + "/" if subdirectory.strip("/") else ""
    chosen = [name for name in files if name.startswith(start)]
    if start and not chosen:
        raise InvalidTask(f"There is no folder `{printable(start[:-1])}` in `{printable(location)}`")
    for root in task_roots(chosen):
        own = {name[len(root) :]: files[name] for name in chosen if name.startswith(root)}
        yield root.rstrip("/"), _try_to_build(location, root, own)


def _try_to_build(location: str, root: str, files: dict[str, bytes]) -> Task | RatchetError:
    folder = root.rstrip("/").rpartition("/")[2] or os.path.splitext(os.path.basename(location))[0]
    try:
        return build_task(location, root, folder, files, foreign=True)
    except RatchetError as error:
        return error


class ArchiveReader:
    """Reads the tasks of a ZIP on this machine."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._path = path_of(source.uri)
        self._looks: Looks = ()
        self._contents = Contents()

    def read(self, *, fresh: bool = False, name: str | None = None) -> Contents:
        """Return the tasks of the ZIP; one that looks the same is not read again."""
        looks = looks_of(self._path)
        if not looks or looks != self._looks:
            self._looks = looks
            self._contents = self._read()
        return self._contents

    def _read(self) -> Contents:
        entries: list[Entry] = []
        problems: list[Problem] = []
        try:
            for path, found in tasks_in(read_archive(self._path), self._path, self.source.subdirectory):
                if isinstance(found, Task):
                    entries.append(entry_of(self.source, found))
                else:
                    problems.append(left_out(found, path))
        except InvalidTask as error:
            return Contents(state="unusable", detail=error.message)
        offered, doubles = without_doubles(entries)
        return Contents(offered, (*problems, *doubles))
