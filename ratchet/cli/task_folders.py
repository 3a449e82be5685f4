"""Folders of tasks that options name."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ratchet.errors import NotFound
from ratchet.task.text import printable


def check_folders(folders: Sequence[str]) -> None:
    """Refuse a folder that is not there.

    Raises:
        NotFound: The first of them.
    """
    for folder in folders:
        if not os.path.isdir(os.path.expanduser(folder)):
            raise NotFound(f"There is no folder `{printable(folder, 1000)}`", hint="Name a folder of tasks")
