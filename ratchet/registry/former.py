"""Former versions of the tasks in a folder: each change leaves one, and any of them can come back."""

from __future__ import annotations

import os
import re
import tempfile
import time
from typing import NamedTuple

from ratchet.errors import NotFound, RatchetError, Refused
from ratchet.task.folder import read_folder
from ratchet.task.load import build_task
from ratchet.task.text import printable

FORMER = ".ratchet-former"
_KEPT = re.compile(r"\d{8}T\d{9}-[a-z0-9_]+", re.ASCII)


class Former(NamedTuple):
    """A former version of a task.

    Args:
        name: What it is asked for by; a newer one has a greater name.
        version, digest: None where it could not be loaded.
    """

    name: str
    version: str | None
    digest: str | None


def keep(folder: str, name: str) -> str:
    """Move a task to where former versions are; return its new path.

    Raises:
        Refused: The folder cannot be written.
    """
    home = os.path.join(folder, FORMER, name)
    moment, fraction = divmod(time.time_ns() // 1_000_000, 1000)
    prefix = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(moment))}{fraction:03}-"
    try:
        os.makedirs(home, exist_ok=True)
        kept = tempfile.mkdtemp(prefix=prefix, dir=home)
        os.rename(os.path.join(folder, name), kept)
    except OSError as error:
        raise Refused(f"`{printable(home, 1000)}` cannot be written: {error.strerror or error}") from None
    return kept


def former_names(folder: str, name: str) -> list[str]:
    """Return the names of the former versions of a task, the newest first."""
    home = os.path.join(folder, FORMER, name)
    if os.path.islink(home) or not os.path.isdir(home):
        return []
    with os.scandir(home) as entries:
        kept = [entry.name for entry in entries if _KEPT.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)]
    return sorted(kept, reverse=True)


def look_at_former(folder: str, name: str, former: str) -> Former:
    """Return what is known of a former version."""
    try:
        files = read_folder(os.path.join(folder, FORMER, name, former))
        task = build_task(name, "", name, files, foreign=False)
    except RatchetError:
        return Former(former, None, None)
    return Former(former, task.version, task.digest)


def read_former(folder: str, name: str, former: str | None) -> dict[str, bytes]:
    """Return the files of a former version: the newest where none is named.

    Args:
        former: Its name, or the path that was given when it was kept.

    Raises:
        NotFound: There is none.
        InvalidTask: It cannot be read.
    """
    kept = former_names(folder, name)
    wanted = kept[0] if kept and former is None else os.path.basename(former or "")
    if wanted not in kept:
        what = f"no former version `{printable(wanted)}`" if former else "no former version"
        shown = ", ".join(f"`{each}`" for each in kept[:5])
        raise NotFound(f"There is {what} of `{name}`", hint=f"There are {shown}" if kept else None)
    return read_folder(os.path.join(folder, FORMER, name, wanted))
