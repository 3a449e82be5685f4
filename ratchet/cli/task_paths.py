"""The tasks that the arguments of a command name."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ratchet.errors import NotFound, RatchetError
from ratchet.task.find import find_task_paths
from ratchet.task.metadata import METADATA_FILES


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
