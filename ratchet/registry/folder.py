"""Read a folder of tasks, and of what has been read before only what has changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.errors import NotFound, RatchetError
from ratchet.registry.contents import Contents, Entry, entry_of, without_doubles
from ratchet.registry.looks import Looks, look_of, look_the_same, looks_of
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


class _Reading(NamedTuple):
    """What was found in the folder.

    Args:
        known: Every task by its path.
        between: How the folders looked that hold tasks and are none: they change when one comes or goes.
    """

    contents: Contents
    known: Mapping[str, _Known]
    between: Looks = ()


class FolderReader:
    """Reads the tasks of a folder in place."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.folder = os.path.join(path_of(source.uri), source.subdirectory).rstrip(os.sep) or os.sep
        self._last = _Reading(Contents(state="unusable"), {})

    def read(self, *, fresh: bool = False, name: str | None = None) -> Contents:
        """Return the tasks of the folder; those whose files look the same are not read again.

        Where a name is wanted, only the files of the tasks that have it are looked at, and no folder is opened while no
        task has come or gone: how many others there are costs nothing, and wakes nobody who watches the folder.
        """
        if name is None or not self._is_current(name):
            self._last = self._read()
        return self._last.contents

    def _is_current(self, name: str) -> bool:
        contents, known, between = self._last
        own = [each.looks for each in known.values() if isinstance(each.found, Task) and each.found.name == name]
        return contents.state == "current" and look_the_same(between) and all(map(look_the_same, own))

    def _read(self) -> _Reading:
        entered: dict[str, Looks] = {}
        known: dict[str, _Known] = {}
        entries: list[Entry] = []
        problems: list[Problem] = []
        try:
            for path in find_task_paths(self.folder, lambda folder: entered.update({folder: look_of(folder)})):
                if isinstance(path, RatchetError):
                    problems.append(left_out(path, self.folder))
                    continue
                known[path] = self._load(path)
                found = known[path].found
                if isinstance(found, Task):
                    entries.append(entry_of(self.source, found))
                else:
                    problems.append(left_out(found, self.folder))
        except NotFound as error:
            return _Reading(Contents(state="unusable", detail=error.message), {})
        folders = [looks for folder, looks in entered.items() if folder not in known]
        between = tuple(look for looks in folders for look in looks) if all(folders) else ()
        offered, doubles = without_doubles(entries)
        return _Reading(Contents(offered, (*problems, *doubles)), known, between)

    def _load(self, path: str) -> _Known:
        # The look comes before the reading: an edit in between is then seen the next time.
        looks = looks_of(path)
        before = self._last.known.get(path)
        if before is not None and looks and before.looks == looks:
            return before
        return _Known(looks, _try_to_load(path, self.source.foreign))


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
