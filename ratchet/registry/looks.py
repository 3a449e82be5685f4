"""Tell from outside whether files have changed: by names, times, sizes and numbers, without reading them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from ratchet.task.bounds import MOST_DEPTH, MOST_FILES, NOT_PART

_SETTLED_NS = 50_000_000
"""Longer than the clock of any file system stands still: what changes twice in that time may look the same."""

Looks = tuple[tuple[str, int, int, int], ...]


def looks_of(path: str) -> Looks:
    """Return how a file looks, or a folder and every file in it; nothing where that cannot be told, or not yet."""
    return _settled(_walk(path))


def look_of(path: str) -> Looks:
    """Return how a file or a folder looks from outside, whatever is in it; nothing where that cannot be told."""
    return _settled(_look(path))


def look_the_same(looks: Looks) -> bool:
    """Tell whether all looks as it did, without opening a folder: one that gets or loses a file looks different."""
    return bool(looks) and all((look,) == tuple(_look(look[0])) for look in looks)


def _settled(found: Iterator[tuple[str, int, int, int]]) -> Looks:
    looks = tuple(sorted(found))
    settled = time.time_ns() - _SETTLED_NS
    return looks if all(changed < settled for _, changed, _, _ in looks) else ()


def _walk(path: str) -> Iterator[tuple[str, int, int, int]]:
    yield from _look(path)
    if not os.path.isdir(path):
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
