"""Read a folder of tasks, and of what has been read before only what has changed."""

from __future__ import annotations

import os
from typing import NamedTuple

from ratchet.errors import NotFound, RatchetError
from ratchet.registry.contents import Contents, Entry, entry_of, without_doubles
from ratchet.registry.looks import Looks, looks_of
from ratchet.registry.source import Source, path_of
from ratchet.task.find import find_task_paths
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.task.text import printable
from ratchet.values import Problem


class _Known(NamedTuple):
    """A task that was read, or why it could not be, and how its files looked."""

    looks: Looks
    found: Task | RatchetError


class FolderReader:
    """Reads the tasks of a folder in place."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.folder = os.path.join(path_of(source.uri), source.subdirectory).rstrip(os.sep) or os.sep
        self._known: dict[str, _Known] = {}

    def read(self, *, fresh: bool = False) -> Contents:
        """Return the tasks of the folder; those whose files look the same are not read again."""
        known, self._known = self._known, {}
        entries: list[Entry] = []
        problems: list[Problem] = []
        try:
            for path in find_task_paths(self.folder):
                found = path if isinstance(path, RatchetError) else self._load(path, known)
                if isinstance(found, Task):
                    entries.append(entry_of(self.source, found))
                else:
                    problems.append(left_out(found, self.folder))
        except NotFound as error:
            return Contents(state="unusable", detail=error.message)
        offered, doubles = without_doubles(entries)
        return Contents(offered, (*problems, *doubles))

    def _load(self, path: str, known: dict[str, _Known]) -> Task | RatchetError:
        # The look comes before the reading: an edit in between is then seen the next time.
        looks = looks_of(path)
        before = known.get(path)
        if before is None or before.looks != looks:
            before = _Known(looks, _try_to_load(path, self.source.foreign))
        self._known[path] = before
        return before.found


def _try_to_load(path: str, foreign: bool) -> Task | RatchetError:
    try:
        return load_task(path, foreign=foreign)
    except RatchetError as error:
        return error


def left_out(error: RatchetError, where: str) -> Problem:
    """Return why a task is not among those that its source offers."""
    place = error.place
    file = printable(place.file if place else where)
    return Problem(f"`{file}` is left out: {error.message}", place, hint=error.hint)
