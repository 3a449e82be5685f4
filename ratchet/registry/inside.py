"""Paths that somebody else names: inside one folder, whatever they say."""

from __future__ import annotations

import os

from ratchet.errors import InvalidInput
from ratchet.task.bounds import LONGEST_PATH, odd_name
from ratchet.task.text import printable


def path_inside(folder: str, text: str) -> str:
    """Return the path of a file below a folder; nothing need be there.

    Args:
        text: Relative to the folder, with `/` between its steps.

    Raises:
        InvalidInput: It leads out of the folder, also by a link, or no file could be called so.
    """
    steps = text.split("/")
    reason = next((reason for step in steps if (reason := odd_name(step))), None)
    if reason is None and (len(text) > LONGEST_PATH or os.path.isabs(text) or {"", ".", ".."} & {*steps}):
        reason = "is no path inside the folder"
    path = os.path.join(folder, *steps)
    if reason is None and os.path.realpath(path) != os.path.join(os.path.realpath(folder), *steps):
        reason = "leads through a link"
    if reason is not None:
        hint = "Name it from the folder of the tasks on, such as `double/tests/two.ratchet`"
        raise InvalidInput(f"`{printable(text)}` {reason}", hint=hint)
    return path
