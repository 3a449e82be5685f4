"""Put a whole task into its place in a folder, and the one that was there out of the way."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.errors import InvalidInput, Refused
from ratchet.registry.former import keep
from ratchet.task.load import build_task, load_task
from ratchet.task.model import Task
from ratchet.task.text import printable


class Written(NamedTuple):
    """A task as it is now, and where its former version is kept; None for a new one."""

    task: Task
    former: str | None = None


def place_task(
    folder: str, name: str, files: Mapping[str, bytes], *, beside: str | None = None, called: str | None = None
) -> Written:
    """Write a task beside the folder's others and move it to its place, the former one away before.

    Args:
        beside: A folder for the former one, which is to be found like other tasks.
        called: The name that the task must keep: another one may be that of a task of somebody else.

    Raises:
        InvalidTask: It cannot be loaded.
        InvalidInput: It has another name.
        Refused: The folder cannot be written.
    """
    location = os.path.join(folder, name)
    built = build_task(location, "", name, dict(files), foreign=False)
    if called not in (None, built.name):
        raise InvalidInput(f"The metadata calls the task `{built.name}`, not `{called}`", hint="Create another task")
    try:
        waiting = tempfile.mkdtemp(prefix=".ratchet-new-", dir=folder)
        try:
            for path, data in files.items():
                target = os.path.join(waiting, *path.split("/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(data)
            os.chmod(waiting, 0o755)
            former = _make_way(folder, name, beside) if os.path.lexists(location) else None
            _move(waiting, location, former)
        except BaseException:
            shutil.rmtree(waiting, ignore_errors=True)
            raise
    except OSError as error:
        raise Refused(f"`{printable(location, 1000)}` cannot be written: {error.strerror or error}") from None
    return Written(load_task(location), former)


def _move(waiting: str, location: str, former: str | None) -> None:
    """Move a new task to its place; where that fails, the one that made way comes back."""
    try:
        os.rename(waiting, location)
    except OSError:
        if former is not None:
            os.rename(former, location)
        raise


def _make_way(folder: str, name: str, beside: str | None) -> str:
    """Move a task away; return its new path."""
    if beside is None:
        return keep(folder, name)
    os.mkdir(beside)
    # Under the same name: a task that does not say its own is called after its folder.
    kept = os.path.join(beside, name)
    os.rename(os.path.join(folder, name), kept)
    return kept
