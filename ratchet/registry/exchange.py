"""Tasks that come to and go from the folder that may be written, as one ZIP."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence

from ratchet.errors import Conflict, InvalidInput, InvalidTask, RatchetError, Refused
from ratchet.registry.archive import tasks_in
from ratchet.registry.inside import path_inside
from ratchet.registry.placing import Written
from ratchet.registry.writing import writing
from ratchet.registry.written import put
from ratchet.task.archive import unpack_archive
from ratchet.task.model import Task
from ratchet.task.pack import pack_archive
from ratchet.task.text import printable

EXPORTS = ".ratchet-exports"
"""Where exported files go: tasks are not looked for in there."""


def pack_tasks(tasks: Sequence[Task]) -> bytes:
    """Return a ZIP with a folder for each task.

    Raises:
        InvalidInput: Two have one name.
    """
    names = [task.name for task in tasks]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise InvalidInput(f"`{doubles[0]}` is there twice", hint="Export one version at a time")
    return pack_archive({f"{task.name}/{path}": data for task in tasks for path, data in task.files.items()})


def save_export(folder: str, name: str, data: bytes) -> str:
    """Write an exported ZIP; return its path inside the folder.

    Raises:
        Conflict: There is one of that name.
        InvalidInput: No file can be called so.
        Refused: The folder cannot be written.
    """
    if "/" in name or not name.endswith(".zip"):
        raise InvalidInput(
            f"`{printable(name)}` is no name of a ZIP", hint="Name it like `tasks.zip`, without a folder"
        )
    inner = f"{EXPORTS}/{name}"
    path = path_inside(folder, inner)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(data)
    except FileExistsError:
        raise Conflict(f"`{inner}` is there already", hint="Take another name") from None
    except OSError as error:
        raise Refused(f"`{printable(path, 1000)}` cannot be written: {error.strerror or error}") from None
    return inner


def import_tasks(
    folder: str, data: bytes, location: str, *, replace: bool, check_name: Callable[[str], None] = lambda _: None
) -> list[Written]:
    """Write every task of a ZIP into the folder, all or none.

    Args:
        location: What errors call the ZIP.
        replace: Whether a task takes the place of one that has its name; that one is kept.
        check_name: Raises for the name of a task that must not be written.

    Raises:
        InvalidTask: The ZIP is not sound, holds no task, or one that cannot be loaded.
        Conflict: A name is taken, or there twice.
    """
    tasks = _tasks_of(data, location)
    for name in tasks:
        check_name(name)
    with writing(folder):
        return _put_all(folder, tasks, replace)


def _put_all(folder: str, tasks: Mapping[str, Task], replace: bool) -> list[Written]:
    for name in tasks:
        if not replace and os.path.lexists(os.path.join(folder, name)):
            raise Conflict(f"There is a task `{name}` already", hint="`replace` puts the new one in its place")
    written: list[Written] = []
    try:
        for name, task in tasks.items():
            written.append(put(folder, name, task.files))
    except RatchetError:
        for each in reversed(written):
            _take_back(each)
        raise
    return written


def _tasks_of(data: bytes, location: str) -> dict[str, Task]:
    tasks: dict[str, Task] = {}
    for _, found in tasks_in(unpack_archive(data, location), location):
        if isinstance(found, RatchetError):
            raise found
        if found.name in tasks:
            raise Conflict(f"`{found.name}` is in `{printable(location)}` twice", hint="Import one version at a time")
        tasks[found.name] = found
    if not tasks:
        raise InvalidTask(f"`{printable(location)}` holds no task", hint="`export_tasks` makes a ZIP of tasks")
    return tasks


def _take_back(written: Written) -> None:
    shutil.rmtree(written.task.location)
    if written.former is not None:
        os.rename(written.former, written.task.location)
