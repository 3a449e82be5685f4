"""What the tools work with: tasks by name, and the executions of this server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ratchet.execution.executions import Executions
from ratchet.execution.runtime import Runtime
from ratchet.registry.catalogue import Catalogue
from ratchet.registry.source import POLLING_SECONDS, Source
from ratchet.registry.watching import can_watch
from ratchet.task.naming import slug_of

if TYPE_CHECKING:
    from ratchet.mcp_server.shelf import Shelf

_POLLING_SECONDS = 2.0


class Workshop(NamedTuple):
    """What every tool is given.

    Args:
        catalogue: The tasks that can be found by name.
        shelf: Those of them that are tools.
        folder: Where tasks may be written; None where none may.
        inline_bytes: How large an answer, or a page of a resource, may be.
    """

    runtime: Runtime
    catalogue: Catalogue
    executions: Executions
    shelf: Shelf
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
        polling = POLLING_SECONDS if can_watch() else _POLLING_SECONDS
        sources.append(Source(name, path, "filesystem", watch=True, polling_seconds=polling))
    return sources


def _free_name(name: str, taken: Sequence[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
