"""Folders of tasks that somebody names on the command line, as sources."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ratchet.registry.source import POLLING_SECONDS, Source
from ratchet.registry.watching import UNWATCHED_SECONDS, can_watch
from ratchet.task.naming import free_name, slug_of


def folder_sources(folders: Sequence[str], taken: Sequence[str]) -> list[Source]:
    """Return folders of tasks as sources that are named after them and read again whenever they change.

    Args:
        taken: Names that other sources have.
    """
    names = list(taken)
    sources = []
    for folder in folders:
        path = os.path.abspath(os.path.expanduser(folder))
        name = free_name(slug_of(os.path.basename(path)), names)
        names.append(name)
        polling = POLLING_SECONDS if can_watch() else UNWATCHED_SECONDS
        # Tasks may be written to them from elsewhere.
        sources.append(Source(name, path, "filesystem", watch=True, polling_seconds=polling, foreign=True))
    return sources
