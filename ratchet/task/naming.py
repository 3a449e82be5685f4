"""Make the slug that names a task, and names that nobody has yet."""

from __future__ import annotations

import re
from collections.abc import Container

LONGEST_NAME = 64
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def is_slug(text: str) -> bool:
    """Tell whether a text may name a task: `[a-z0-9][a-z0-9_-]{0,63}`."""
    return _SLUG.fullmatch(text) is not None


def slug_of(text: str) -> str:
    """Return the slug nearest to a text; `task` when nothing of it is left."""
    if is_slug(text):
        return text
    # Deferred: only odd names need it.
    import unicodedata

    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    words = re.sub(r"[^a-z0-9_]+", "-", plain).lstrip("-_")
    return words[:LONGEST_NAME].rstrip("-") or "task"


def free_name(name: str, taken: Container[str]) -> str:
    """Return a name with the first number from 2 that makes it another than those that are taken, or as it is."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
