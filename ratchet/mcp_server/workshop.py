"""What the tools work with: tasks by name, and the executions of this server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from ratchet.execution.executions import Executions
from ratchet.execution.runtime import Runtime
from ratchet.registry.catalogue import Catalogue
from ratchet.registry.source import Source
from ratchet.task.naming import slug_of


class Workshop(NamedTuple):
    """What every tool is given.

    Args:
        catalogue: The tasks that can be found by name.
        folder: Where tasks may be written; None where none may.
        inline_bytes: How large an answer, or a page of a resource, may be.
    """

    runtime: Runtime
    catalogue: Catalogue
    executions: Executions
    folder: str | None = None
    inline_bytes: int = 100_000


def folder_sources(folders: Sequence[str], taken: Sequence[str]) -> list[Source]:
    """Return folders of tasks as sources that are named after them and read again whenever they change.

    Args:
        taken: Names that other sources have.
    """
    names = list(taken)
    sources = []
    for folder in folders:
        path = os.path.abspath(os.path.expanduser(folder))
        name = _free_name(slug_of(os.path.basename(path)), names)
        names.append(name)
        sources.append(Source(name, path, "filesystem", watch=True))
    return sources


def _free_name(name: str, taken: Sequence[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
