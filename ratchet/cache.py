"""What can be made again, kept in files between commands: found by digest, bounded in size, believed with care.

A file here is foreign input. It is read only when it, and the folder, belong to the user and nobody else may write to
them, and when its checksum fits its name and content; who asks for a value checks its shape as if a worker had sent it.
Writers need no lock: a file is written under a name of its own and put in place in one step. A folder that cannot be
read or written costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from ratchet.values import Json

KINDS = ("configuration", "inspected", "surveyed", "tested", "transpiled")
"""What is kept, each kind in a folder of its own."""

MOST_BYTES = 64 * 1024 * 1024
_MOST_BYTES_OF_ONE = 8 * 1024 * 1024
_LEFT_WHEN_FULL = 0.75
_BLOCK_BYTES = 4096
_CHECKSUM_LENGTH = 64
_HEXADECIMAL = frozenset("0123456789abcdef")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
# Neither waits for a pipe that somebody has put in the place of a file, nor follows a link; Windows has neither.
_CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Kept(NamedTuple):
    """How much of one kind is kept."""

    entries: int
    size_bytes: int


class _File(NamedTuple):
    path: str
    used_at: float
    size_bytes: int


class Cache:
    """Values by kind and key.

    Args:
        folder: Where they are kept; made when the first is.
        most_bytes: What all files may take on the disk; the longest unused go first.
    """

    def __init__(self, folder: str, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes

    def is_believed(self) -> bool:
        """Tell whether only this user can have written what lies in the folder; one that is not there is nobody's."""
        try:
            return _is_ours(os.stat(self.folder))
        except OSError:
            return True

    def load(self, kind: str, key: str) -> Json | None:
        """Return what was kept under a key, None for nothing that could be believed."""
        path = self._path(kind, key)
        try:
            content = _read(path) if _is_ours(os.stat(self.folder)) else b""
            checksum, payload = content[:_CHECKSUM_LENGTH], content[_CHECKSUM_LENGTH:]
            value = json.loads(payload) if checksum == _checksum(kind, key, payload) else None
        except (OSError, ValueError, RecursionError):
            return None
        if value is not None:
            with suppress(OSError):
                os.utime(path)  # It was of use: others make room before it.
        return value

    def save(self, kind: str, key: str, value: Json) -> None:
        """Keep a value where that is possible."""
        try:
            payload = json.dumps(value).encode()
        except RecursionError:
            return
        if len(payload) + _CHECKSUM_LENGTH > min(_MOST_BYTES_OF_ONE, self._most_bytes):
            return
        target = self._path(kind, key)
        new = f"{target}.{os.urandom(8).hex()}.new"
        try:
            os.makedirs(os.path.dirname(os.path.abspath(self.folder)), exist_ok=True)
            for folder in (self.folder, os.path.dirname(target)):
                with suppress(FileExistsError):
                    os.mkdir(folder, 0o700)
            if not _is_ours(os.stat(self.folder)):
                return
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CAREFULLY, 0o600)
        except OSError:
            return
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_checksum(kind, key, payload) + payload)
            os.replace(new, target)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
        self._make_room()

    def status(self) -> dict[str, Kept]:
        """Return how much is kept of each kind."""
        return {kind: _sum(list(self._files(kind))) for kind in KINDS}

    def clear(self) -> Kept:
        """Remove everything that is kept, nothing else that may lie in the folder; return how much it was."""
        return _remove([file for kind in KINDS for file in self._files(kind)])

    def _make_room(self) -> None:
        files = [file for kind in KINDS for file in self._files(kind)]
        size = _sum(files).size_bytes
        if size <= self._most_bytes:
            return
        oldest_first = sorted(files, key=lambda file: file.used_at)
        while size > self._most_bytes * _LEFT_WHEN_FULL and oldest_first:
            size -= _remove([oldest_first.pop(0)]).size_bytes

    def _files(self, kind: str) -> Iterator[_File]:
        """Yield every file of ours, also one that a writer has left half written."""
        with suppress(OSError), os.scandir(os.path.join(self.folder, kind)) as entries:
            for entry in entries:
                key = entry.name.partition(".")[0]
                if len(key) == _CHECKSUM_LENGTH and _HEXADECIMAL.issuperset(key):
                    # Somebody else may have removed it.
                    with suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        blocks = -(-status.st_size // _BLOCK_BYTES)
                        yield _File(entry.path, status.st_mtime, blocks * _BLOCK_BYTES)

    def _path(self, kind: str, key: str) -> str:
        return os.path.join(self.folder, kind, key)


def key_of(*parts: str | bytes) -> str:
    """Return the key of what is made from these parts; no other parts have it."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def _read(path: str) -> bytes:
    """Return the content of a file that only this user can have written, nothing for any other."""
    descriptor = os.open(path, os.O_RDONLY | _CAREFULLY)
    try:
        return os.read(descriptor, _MOST_BYTES_OF_ONE) if _is_ours(os.fstat(descriptor)) else b""
    finally:
        os.close(descriptor)


def _checksum(kind: str, key: str, payload: bytes) -> bytes:
    return key_of(kind, key, payload).encode()


def _is_ours(status: os.stat_result) -> bool:
    """Tell whether only this user can have written it; on Windows the folder of the user's profile sees to that."""
    if sys.platform == "win32":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_MAY_WRITE


def _sum(files: list[_File]) -> Kept:
    return Kept(len(files), sum(file.size_bytes for file in files))


def _remove(files: list[_File]) -> Kept:
    removed = []
    for file in files:
        with suppress(OSError):
            os.unlink(file.path)
            removed.append(file)
    return _sum(removed)
