"""Keep an execution so that it can be replayed: a folder, or the same in one file."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ratchet.errors import Conflict, Refused, Unavailable
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.execution.document import Execution
    from ratchet.execution.surroundings import Witnessed
    from ratchet.task.model import Task

CAPSULE_SUFFIX = ".ratchet"
INPUT, OUTPUT, ERROR, REQUESTS, SESSION, TASK = (
    "input.json", "output.json", "error.json", "requests.har", "session.json", "task/",
)  # fmt: skip
_PREFIX = "ratchet_session_"
_MOST_NAMES = 10_000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FolderRecorder:
    """Writes a folder `ratchet_session_<UTC time>` for each execution.

    Args:
        folder: Where these folders go; it is made when it is not there.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> str:
        """Write the folder, which is there whole or not at all.

        Raises:
            Refused, Unavailable: It cannot be written; see `unwritable`.
        """
        try:
            os.makedirs(self._folder, exist_ok=True)
            waiting = tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=self._folder)
        except OSError as error:
            raise unwritable(self._folder, error) from None
        try:
            write_files(waiting, files_of(task, execution, witnessed))
            return self._name(waiting, execution.created_at)
        except OSError as error:
            shutil.rmtree(waiting, ignore_errors=True)
            raise unwritable(self._folder, error) from None

    def _name(self, waiting: str, created_at: float) -> str:
        """Give a finished folder its name: the first that no other has."""
        stem = os.path.join(self._folder, _PREFIX + time.strftime("%Y%m%d_%H%M%S", time.gmtime(created_at)))
        for count in range(1, _MOST_NAMES):
            path = stem if count == 1 else f"{stem}_{count}"
            try:
                # Takes the name in one step; to rename over an empty folder is no loss.
                os.mkdir(path, 0o700)
            except FileExistsError:
                continue
            os.rename(waiting, path)
            return path
        raise Conflict(f"`{printable(stem)}` has too many namesakes")


class CapsuleRecorder:
    """Writes one file, a ZIP of that folder.

    Args:
        file: Its path, which ends in `.ratchet`.
    """

    def __init__(self, file: str) -> None:
        self._file = file

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> str:
        """Write the file, which is there whole or not at all.

        Raises:
            Conflict: It is there already.
            Refused, Unavailable: It cannot be written; see `unwritable`.
        """
        data = capsule_of(files_of(task, execution, witnessed))
        waiting = f"{self._file}.{os.getpid()}.tmp"
        try:
            _write(waiting, data)
            os.link(waiting, self._file)
        except FileExistsError:
            raise Conflict(f"`{printable(self._file)}` is there already", hint="Name another file") from None
        except OSError as error:
            raise unwritable(self._file, error) from None
        finally:
            if os.path.exists(waiting):
                os.unlink(waiting)
        return self._file


def open_recorder(path: str) -> FolderRecorder | CapsuleRecorder:
    """Return who keeps an execution at a path: one file for a name that ends in `.ratchet`, else folders in a folder.

    Raises:
        Conflict: The file is there already.
        Refused: The path can be neither.
    """
    if not path.endswith(CAPSULE_SUFFIX):
        if os.path.exists(path) and not os.path.isdir(path):
            raise Refused(
                f"`{printable(path)}` is a file", hint=f"Name a folder, or a file that ends in `{CAPSULE_SUFFIX}`"
            )
        return FolderRecorder(path)
    if os.path.lexists(path):
        raise Conflict(f"`{printable(path)}` is there already", hint="Name another file")
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise Refused(f"`{printable(path)}` is in no folder that is there", hint="Make its folder first")
    return CapsuleRecorder(path)


def files_of(task: Task, execution: Execution, witnessed: Witnessed) -> dict[str, bytes]:
    """Return the files of a recording by their path."""
    from ratchet.gateway.har import render_har

    files = {
        INPUT: _json(execution.input),
        REQUESTS: _json(render_har(witnessed.exchanges)),
        SESSION: _json(_session_of(execution, witnessed)),
    }
    if execution.output_json is not None:
        # As the task's own JSON: a replay is compared with it byte by byte.
        files[OUTPUT] = execution.output_json.encode("utf-8", "surrogatepass")
    else:
        files[ERROR] = _json(execution.to_json()["error"])
    return {**files, **{TASK + path: data for path, data in task.files.items()}}


def write_files(folder: str, files: Mapping[str, bytes]) -> None:
    """Write files by their path in a folder, for nobody else: what a task was sent may be confidential."""
    for path, data in files.items():
        _write(os.path.join(folder, path), data)


def _session_of(execution: Execution, witnessed: Witnessed) -> JsonObject:
    """Return the execution, and beside it what its task has seen of time, chance and other tasks."""
    trace = witnessed.trace or {"clock": [], "events": []}
    return {
        **execution.to_json(),
        "session": {
            "seed": witnessed.seed,
            "context": witnessed.context,
            "clock": trace["clock"],
            "events": trace["events"],
            "calls": [call._asdict() for call in witnessed.calls],
            "signatures": [signature._asdict() for signature in witnessed.signatures],
        },
    }


def _json(value: Json) -> bytes:
    return json.dumps(value, indent=1).encode() + b"\n"


def capsule_of(files: Mapping[str, bytes]) -> bytes:
    """Return the one file that holds the files of a recording."""
    from ratchet.task.pack import pack_archive

    return pack_archive(files)


def _write(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def unwritable(path: str, error: OSError) -> Refused | Unavailable:
    """Return what to say of a path that cannot be written; where there is no room, there may be some later."""
    sentence = f"`{printable(path)}` cannot be written: {error.strerror or error}"
    if error.errno in _NO_ROOM:
        return Unavailable(sentence, hint="Make room on the disk")
    return Refused(sentence, hint="Name a folder that can be written")
