"""Tell from outside whether files have changed: by names, times, sizes and numbers, without reading them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ratchet.task.bounds import MOST_DEPTH, MOST_FILES, NOT_PART

Looks = tuple[tuple[str, int, int, int], ...]


def looks_of(path: str) -> Looks:
    """Return how a file, or every file of a folder, looks; what cannot be looked at looks like nothing."""
    return tuple(sorted(_walk(path)))


def _walk(path: str) -> Iterator[tuple[str, int, int, int]]:
    if not os.path.isdir(path):
        yield from _look(path)
        return
    waiting = [(path, 0)]
    left = MOST_FILES
    while waiting and left > 0:
        folder, depth = waiting.pop()
        for entry in _entries(folder):
            left -= 1
            if entry.is_dir() and depth < MOST_DEPTH:
                waiting.append((entry.path, depth + 1))
            # A folder is one of the looks too: an empty one that comes or goes.
            yield from _look(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if entry.name not in NOT_PART]
    except OSError:
        return []


def _look(path: str) -> Iterator[tuple[str, int, int, int]]:
    try:
        status = os.stat(path)
    except OSError:
        return
    yield path, status.st_mtime_ns, status.st_size, status.st_ino
