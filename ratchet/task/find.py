"""Find the tasks in a folder of tasks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from ratchet.errors import InvalidTask, NotFound, RatchetError
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.task.nearby import look_into, nearest_path
from ratchet.task.text import printable
from ratchet.values import Place

MOST_FOLDERS = 10_000
MOST_ENTRIES = 100_000
DEEPEST_FOLDER = 16


def find_tasks(directory: str | os.PathLike[str]) -> Iterator[Task | RatchetError]:
    """Yield every task in a folder, in the order of their paths; a broken one is yielded as its error.

    Raises:
        NotFound: When the folder is not there.
    """
    for path in find_task_paths(directory):
        if isinstance(path, RatchetError):
            yield path
            continue
        try:
            yield load_task(path)
        except RatchetError as error:
            yield error


def find_task_paths(
    directory: str | os.PathLike[str], entering: Callable[[str], None] = lambda _: None
) -> Iterator[str | RatchetError]:
    """Yield the path of every task in a folder without loading it; a folder that cannot be searched is its error.

    Args:
        entering: Called with every folder before it is looked into.

    Raises:
        NotFound: When the folder is not there.
    """
    root = os.fspath(directory)
    if not os.path.isdir(root):
        if os.path.lexists(root):
            raise NotFound(f"`{printable(root)}` is not a folder", hint="Name the folder that it is in")
        match = nearest_path(root)
        raise NotFound(f"There is no folder `{printable(root)}`", hint=f"Did you mean `{match}`?" if match else None)
    yield from _walk(root, entering)


def _walk(root: str, entering: Callable[[str], None]) -> Iterator[str | RatchetError]:
    """Walk the folders without recursion, each folder's entries in name order, parents first."""
    waiting: list[tuple[str, int]] = [(root, 0)]
    entries_left, folders_left = MOST_ENTRIES, MOST_FOLDERS
    while waiting:
        folder, depth = waiting.pop()
        if folder.lower().endswith(".zip") and not os.path.isdir(folder):
            yield folder
            continue
        folders_left -= 1
        entering(folder)
        try:
            folders, tasks, looked_at = look_into(folder, entries_left)
        except OSError as error:
            shown = printable(folder)
            yield InvalidTask(f"The folder `{shown}` cannot be read: {error.strerror}", place=Place(shown))
            continue
        entries_left -= looked_at
        if tasks == [folder]:
            yield folder
            continue
        if entries_left <= 0 or folders_left <= 0:
            shown = printable(root)
            yield InvalidTask(
                f"`{shown}` has too many files and folders to look for tasks in all of them",
                hint="Name a smaller folder",
                place=Place(shown),
            )
            return
        if depth < DEEPEST_FOLDER:
            waiting.extend((path, depth + 1) for path in sorted(folders + tasks, reverse=True))
