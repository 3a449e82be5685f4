"""Read every file of a task's folder, and none outside it."""

from __future__ import annotations

import os
import stat

from ratchet.errors import InvalidTask
from ratchet.task.bounds import LONGEST_PATH, MOST_BYTES, MOST_DEPTH, MOST_FILES, NOT_PART, odd_name
from ratchet.task.text import error_from, printable
from ratchet.values import Place, Problem

_NODE_MODULES_HINT = "Move what the task does not need, such as `node_modules`, out of it"


class _Search:
    """What has been found in a folder so far."""

    def __init__(self, location: str, root: str) -> None:
        self.location = location
        self.root = root
        self.files: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self.entries = 0
        self.size = 0

    def report(self, path: str, message: str, hint: str | None = None) -> None:
        """Note a problem with a file of the folder."""
        place = Place(os.path.join(printable(self.location, 1000), printable(path)))
        self.problems.append(Problem(message, place, hint=hint))


def read_folder(location: str) -> dict[str, bytes]:
    """Return the bytes of every file in a folder, by POSIX path, sorted.

    Raises:
        InvalidTask: With every file that may not be read, or when the folder is too large.
    """
    search = _Search(location, os.path.realpath(location))
    waiting: list[tuple[str, str, tuple[str, ...]]] = [(location, "", (search.root,))]
    while waiting:
        folder, prefix, above = waiting.pop()
        for entry in _entries(search, folder, prefix):
            path = prefix + entry.name
            reason = odd_name(entry.name)
            if reason:
                search.report(path, f"The name `{printable(path)}` {reason}", "Rename it")
            elif len(path) > LONGEST_PATH or len(above) > MOST_DEPTH:
                search.report(path, f"`{printable(path)}` is too deep inside the task")
            else:
                inner = _visit(search, entry, path, above)
                if inner is not None:
                    waiting.append((entry.path, path + "/", (*above, inner)))
    if search.problems:
        raise error_from(search.problems, InvalidTask, subject=f"`{printable(location, 1000)}`")
    return dict(sorted(search.files.items()))


def _entries(search: _Search, folder: str, prefix: str) -> list[os.DirEntry[str]]:
    found: list[os.DirEntry[str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name in NOT_PART:
                    continue
                search.entries += 1
                if search.entries > MOST_FILES:
                    raise _too_large(search, f"has more than {MOST_FILES:,} files and folders")
                found.append(entry)
    except OSError as error:
        search.report(prefix, f"The folder `{printable(prefix) or '.'}` cannot be read: {error.strerror}")
    return found


def _too_large(search: _Search, message: str) -> InvalidTask:
    location = printable(search.location, 1000)
    return InvalidTask(f"`{location}` {message}", hint=_NODE_MODULES_HINT, place=Place(location))


def _visit(search: _Search, entry: os.DirEntry[str], path: str, above: tuple[str, ...]) -> str | None:
    """Read a file into the search, or return the real path of a folder that is to be searched."""
    real = entry.path
    try:
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if not _is_inside(real, search.root):
                search.report(path, f"The link `{path}` leads out of the task", "Copy the file into the task")
                return None
        mode = os.lstat(real).st_mode
        if stat.S_ISDIR(mode):
            return _folder_to_search(search, path, os.path.realpath(real), above)
        if not stat.S_ISREG(mode):
            search.report(path, f"`{path}` is not a regular file: {_kind_of(mode)}", "Remove it from the task")
        else:
            _read_file(search, real, path)
    except FileNotFoundError:
        search.report(path, f"The link `{path}` leads nowhere" if entry.is_symlink() else f"`{path}` went away")
    except OSError as error:
        search.report(path, f"`{path}` cannot be read: {error.strerror}")
    return None


def _folder_to_search(search: _Search, path: str, real: str, above: tuple[str, ...]) -> str | None:
    if real in above:
        search.report(path, f"The link `{path}` leads back to a folder that holds it", "Remove the link")
        return None
    return real


def _is_inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _kind_of(mode: int) -> str:
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    kinds[stat.S_IFLNK] = "a link that leads back to itself"
    return kinds.get(stat.S_IFMT(mode), "something special")


def _read_file(search: _Search, real: str, path: str) -> None:
    # The file may have been exchanged since it was looked at: neither follow a link nor wait for a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(real, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            search.report(path, f"`{path}` is not a regular file: {_kind_of(status.st_mode)}")
            return
        left = MOST_BYTES - search.size
        data = file.read(left + 1) if status.st_size <= left else b""
    if status.st_size > left or len(data) > left:
        raise _too_large(search, f"holds more than {MOST_BYTES // 1024 // 1024} MB")
    search.size += len(data)
    search.files[path] = data
