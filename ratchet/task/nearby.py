"""Look around a path for what somebody most likely meant."""

from __future__ import annotations

import os

from ratchet.task.metadata import METADATA_FILES
from ratchet.task.text import nearest, printable

_MOST_NAMES = 1000
# What each recording has: its copy of the task is none of the tasks that are looked for.
_RECORDING = frozenset({"requests.har", "session.json"})
_SKIPPED = frozenset({"node_modules", "__pycache__", "__MACOSX"})


def tasks_below(directory: str, most: int = 3) -> list[str]:
    """Return the paths of the first few tasks in a folder without loading them, the nearest first."""
    found: list[str] = []
    level = [directory]
    for _ in range(3):
        here: list[str] = []
        below: list[str] = []
        for folder in sorted(level)[:100]:
            try:
                folders, tasks, _ = look_into(folder, _MOST_NAMES)
            except OSError:
                continue
            if tasks and folder != directory and tasks == [folder]:
                here.append(folder)
            else:
                here.extend(task for task in tasks if task != folder)
                below.extend(folders)
        found += sorted(here)
        if len(found) >= most:
            break
        level = below
    return found[:most]


def nearest_path(path: str) -> str | None:
    """Return the path that is there and looks most like one that is not."""
    missing = path.rstrip("/" + os.sep)
    parent, name = os.path.split(missing)
    if not name or not os.path.isdir(parent or "."):
        return None
    names: list[str] = []
    try:
        with os.scandir(parent or ".") as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) >= _MOST_NAMES:
                    break
    except OSError:
        return None
    match = nearest(name, sorted(names))
    return printable(os.path.join(parent, match)) if match else None


def nearest_task(word: str) -> str | None:
    """Return the path of the task below the working folder whose folder looks most like a word."""
    if os.path.basename(word) != word:
        return None
    by_name = {os.path.basename(path): path for path in reversed(tasks_below(os.curdir, _MOST_NAMES))}
    match = nearest(word, sorted(by_name))
    return printable(by_name[match]) if match else None


def look_into(folder: str, most: int) -> tuple[list[str], list[str], int]:
    """Return the folders and ZIPs in a folder and how much was looked at; a task's own folder is its only task."""
    folders: list[str] = []
    archives: list[str] = []
    of_recording: set[str] = set()
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            count += 1
            if count > most:
                break
            if entry.name in METADATA_FILES and entry.is_file():
                return [], [folder], count
            if entry.name in _RECORDING:
                of_recording.add(entry.name)
            if entry.name.startswith(".") or entry.name in _SKIPPED:
                continue
            path = entry.name if folder == os.curdir else entry.path
            # Links are not followed: a loop, or the same task twice.
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif entry.name.lower().endswith(".zip") and entry.is_file():
                archives.append(path)
    if of_recording == _RECORDING:
        return [], [], count
    return folders, archives, count
