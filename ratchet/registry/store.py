"""Keep what was fetched: tasks by their digest, and what each source offered last."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress

from ratchet.errors import InvalidTask
from ratchet.task.archive import unpack_archive
from ratchet.task.digest import digest_of
from ratchet.values import Json, JsonObject

_FOLDER = "registry"
_MOST_BYTES = 128 * 1024 * 1024


class Store:
    """Files in a folder that can be deleted at any time; in memory alone where there is no folder."""

    def __init__(self, folder: str | None) -> None:
        self._folder = None if folder is None else os.path.join(folder, _FOLDER)
        self._memory: dict[str, bytes] = {}

    def put_task(self, files: Mapping[str, bytes]) -> str:
        """Keep the files of a task and return their digest."""
        digest = digest_of(files)
        if not self.has_task(digest):
            self._write(_task_name(digest), _pack(files))
        return digest

    def has_task(self, digest: str) -> bool:
        """Tell whether a task is there; whether it is sound shows when it is read."""
        name = _task_name(digest)
        return name in self._memory or (self._folder is not None and os.path.isfile(os.path.join(self._folder, name)))

    def task_files(self, digest: str) -> dict[str, bytes]:
        """Return the files of a task.

        Raises:
            InvalidTask: They are not there, or not what the digest says.
        """
        name = _task_name(digest)
        data = self._read(name)
        if data is None:
            raise InvalidTask(f"`{digest}` is not in the cache", hint="`ratchet repo refresh` fetches it again")
        files = _unpacked(data, name)
        if files is None or digest_of(files) != digest:
            self.forget_task(digest)
            message = f"The cache holds something else than `{digest}`: somebody has changed it"
            raise InvalidTask(message, hint="It is deleted now; `ratchet repo refresh` fetches it again")
        return files

    def forget_task(self, digest: str) -> None:
        """Delete a task."""
        name = _task_name(digest)
        self._memory.pop(name, None)
        if self._folder is not None:
            with suppress(OSError):
                os.unlink(os.path.join(self._folder, name))

    def put_offer(self, key: str, document: JsonObject) -> None:
        """Keep what a source offers."""
        self._write(_offer_name(key), json.dumps(document).encode())

    def offer(self, key: str) -> Json | None:
        """Return what a source offered last, None where nothing is known of it."""
        data = self._read(_offer_name(key))
        with suppress(ValueError, RecursionError):
            return None if data is None else json.loads(data)
        return None

    def _read(self, name: str) -> bytes | None:
        if name in self._memory or self._folder is None:
            return self._memory.get(name)
        try:
            with open(os.path.join(self._folder, name), "rb") as file:
                # A folder that others may write to must not let them choose what runs.
                if sys.platform != "win32" and os.fstat(file.fileno()).st_uid != os.geteuid():
                    return None
                return file.read(_MOST_BYTES)
        except OSError:
            return None

    def _write(self, name: str, data: bytes) -> None:
        """Keep bytes, whole or not at all; where the folder cannot be written, in memory for this process."""
        if self._folder is not None:
            with suppress(OSError):
                _replace(os.path.join(self._folder, name), data)
                return
        self._memory[name] = data


def _replace(path: str, data: bytes) -> None:
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    handle, waiting = tempfile.mkstemp(suffix=".new", dir=folder)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(waiting, path)
    except BaseException:
        os.unlink(waiting)
        raise


def _task_name(digest: str) -> str:
    # A digest may come from an index; only its own characters become a name.
    return os.path.join("tasks", "".join(character for character in digest if character.isalnum()) + ".zip")


def _offer_name(key: str) -> str:
    return os.path.join("sources", hashlib.sha256(key.encode()).hexdigest() + ".json")


def _unpacked(data: bytes, name: str) -> dict[str, bytes] | None:
    try:
        return unpack_archive(data, name)
    except InvalidTask:
        return None


def _pack(files: Mapping[str, bytes]) -> bytes:
    import zipfile

    buffer = io.BytesIO()
    # Stored: what was compressed more than a ZIP may be would not be read again.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return buffer.getvalue()
