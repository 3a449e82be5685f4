"""Find a task by its name among those beside another."""

from __future__ import annotations

import os
from collections.abc import Callable

from ratchet.errors import NotFound
from ratchet.task.find import find_tasks
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.task.text import nearest, printable


def sibling_finder(location: str) -> Callable[[str], Task]:
    """Return a function that finds a task by name in the folder that holds this task.

    It raises NotFound, and InvalidTask for one that is there and broken.
    """
    here = os.path.normpath(location)
    # The parent of `.` and `..` has another name than their path says.
    folder = os.path.dirname(os.path.abspath(here) if os.path.basename(here) in (".", "..") else here) or "."

    def find(name: str) -> Task:
        likely = name if folder == "." else os.path.join(folder, name)
        if os.path.basename(likely) == name and os.path.isdir(likely):
            task = load_task(likely)
            if task.name == name:
                return task
        names = []
        for found in find_tasks(folder):
            if isinstance(found, Task):
                if found.name == name:
                    return found
                names.append(found.name)
        match = nearest(name, names)
        hint = f"Did you mean `{match}`?" if match else None
        raise NotFound(f"There is no task `{printable(name)}` beside `{printable(location)}`", hint=hint)

    return find
