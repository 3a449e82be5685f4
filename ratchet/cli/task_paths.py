"""The tasks that the arguments of a command name."""

from __future__ import annotations

import os
from collections.abc import Iterator

import typer

from ratchet.cli.completion import complete_task
from ratchet.cli.report import inert_line
from ratchet.config.configuration import Configuration
from ratchet.errors import NotFound, RatchetError, Refused
from ratchet.execution.calls import FindTask
from ratchet.task.find import find_task_paths
from ratchet.task.metadata import METADATA_FILES
from ratchet.task.model import Task

TASKS = typer.Argument(
    None,
    metavar="[TASK]...",
    help="Folders, ZIPs or names of tasks, or folders of tasks",
    show_default=".",
    autocompletion=complete_task,
)
FROM_FS = typer.Option(
    [], "--from-fs", metavar="PATH", help="Another way to name a task; repeatable", autocompletion=complete_task
)


def tasks_at(path: str) -> Iterator[str | RatchetError]:
    """Yield a path that is a task, or else every task below it, and why some could not be looked for.

    Raises:
        NotFound: It is a folder without a task.
    """
    is_folder = os.path.isdir(path)
    if not is_folder or any(os.path.exists(os.path.join(path, name)) for name in METADATA_FILES):
        yield path
        return
    found = list(find_task_paths(path))
    yield from found
    if not found:
        raise NotFound(f"There is no task in `{path}`", hint=f"`ratchet generate task {path}/NAME` makes one")


def find_named_task(
    configuration: Configuration, text: str, *, changing: str | None = None
) -> tuple[Task, FindTask] | None:
    """Return the task of a source that is named, and where it finds others; None for a path, or without sources.

    Args:
        changing: The flag that is given and changes tasks, which is for those in folders.

    Raises:
        NotFound: It is neither.
        Refused: It is one, and to be changed.
    """
    if os.path.lexists(text) or not configuration.values["registry.sources"]:
        return None
    from ratchet.cli.sources import find_named

    hint = "`ratchet list` shows the tasks that there are"
    found = find_named(configuration, text, NotFound(f"`{inert_line(text)}` is not there", hint=hint))
    if changing is not None:
        message = f"`{inert_line(text)}` is a task of a source, and `{changing}` changes folders"
        raise Refused(message, hint="Name its folder")
    return found
