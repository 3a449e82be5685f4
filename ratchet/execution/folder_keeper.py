"""Executions as recordings in a folder, each under its id."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from ratchet.errors import Conflict, InvalidRecording, NotFound
from ratchet.execution.keeper import SHORTEST_PREFIX, Retention, Wanted
from ratchet.execution.recording import SESSION, files_of, unwritable, write_files
from ratchet.task.text import printable

if TYPE_CHECKING:
    from ratchet.execution.document import Execution
    from ratchet.execution.surroundings import Witnessed
    from ratchet.task.model import Task

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MOST_BYTES = 128 * 1024 * 1024


class FolderKeeper:
    """Keeps executions in the folder `executions` of a data folder.

    Args:
        data: The data folder; made when it is needed.
    """

    def __init__(self, data: str) -> None:
        self.folder = os.path.join(os.path.abspath(data), "executions")

    @property
    def recorder(self) -> FolderKeeper:
        """Itself."""
        return self

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> str:
        """Write a recording, which is there whole or not at all.

        Raises:
            Refused, Unavailable: It cannot be written; see `unwritable`.
        """
        path = os.path.join(self.folder, execution.id)
        try:
            for folder in (os.path.dirname(self.folder), self.folder):
                os.makedirs(folder, mode=0o700, exist_ok=True)
            waiting = tempfile.mkdtemp(prefix=".", dir=self.folder)
        except OSError as error:
            raise unwritable(self.folder, error) from None
        try:
            write_files(waiting, files_of(task, execution._replace(recording=path), witnessed))
            os.rename(waiting, path)
        except OSError as error:
            shutil.rmtree(waiting, ignore_errors=True)
            raise unwritable(path, error) from None
        return path

    def end(self, execution: Execution, *, patient: bool = False) -> Future[None]:
        """Do nothing more: it has been recorded."""
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def find(self, identity: str) -> Execution:
        """Return an execution by its id, or by what no other id begins with.

        Raises:
            NotFound: There is none.
            Conflict: More than one begins so.
            InvalidRecording: It cannot be read.
        """
        if _ID.fullmatch(identity) and os.path.isdir(os.path.join(self.folder, identity)):
            return self.read(identity)
        return self.read(the_one(identity, [name for name in self.ids() if name.startswith(identity)]))

    def newest(self, wanted: Wanted) -> list[Execution]:
        """Return the executions that are asked for, the newest first; one that cannot be read is passed over."""
        found: list[Execution] = []
        for identity in self.ids():
            if len(found) == wanted.limit:
                break
            try:
                execution = self.read(identity)
            except InvalidRecording:
                continue
            if wanted.fits(execution):
                found.append(execution)
        return found

    def ids(self) -> list[str]:
        """Return the id of every execution that is kept, the newest first."""
        return sorted(self._names(), reverse=True)

    def read(self, identity: str) -> Execution:
        """Return the execution of a recording.

        Raises:
            InvalidRecording: It cannot be read, or is another's.
        """
        from ratchet.execution.document_reading import read_execution

        path = os.path.join(self.folder, identity)
        file = os.path.join(path, SESSION)
        try:
            with open(file, "rb") as opened:
                document = json.loads(opened.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            raise InvalidRecording(f"`{printable(file)}` cannot be read") from None
        execution = read_execution(document)
        if execution.id != identity:
            raise InvalidRecording(f"`{printable(file)}` is of another execution")
        return execution._replace(recording=path)

    def remove(self, identity: str) -> None:
        """Remove a recording, if it is there."""
        if _ID.fullmatch(identity):
            shutil.rmtree(os.path.join(self.folder, identity), ignore_errors=True)

    def prune(self, retention: Retention) -> int:
        """Remove executions, and return how many they were."""
        surplus = [
            identity
            for number, identity in enumerate(self.ids())
            if (retention.most is not None and number >= retention.most)
            or (retention.before is not None and _begun(identity) < retention.before)
        ]
        for identity in surplus:
            self.remove(identity)
        return len(surplus)

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def _names(self) -> Iterator[str]:
        try:
            with os.scandir(self.folder) as entries:
                yield from (entry.name for entry in entries if _ID.fullmatch(entry.name))
        except OSError:
            return


def _begun(identity: str) -> float:
    """Return the time that an id holds."""
    return int(identity[:8] + identity[9:13], 16) / 1000


def the_one(identity: str, found: Sequence[str]) -> str:
    """Return the id that is meant by one, or by its beginning.

    Args:
        found: The ids that begin so, or the first of them.

    Raises:
        NotFound: There is none.
        Conflict: More than one begins so.
    """
    shown = printable(identity, 50)
    if identity in found:
        return identity
    if not found or len(identity) < SHORTEST_PREFIX:
        hint = "`ratchet execution list` shows those that are kept"
        raise NotFound(f"There is no execution `{shown}`", hint=hint)
    if len(found) > 1:
        raise Conflict(f"More than one execution begins with `{shown}`", hint="Write more of its id")
    return found[0]
