"""Say how large a task may be and what its files may be called."""

from __future__ import annotations

MOST_FILES = 10_000
MOST_BYTES = 64 * 1024 * 1024
MOST_TEXT_BYTES = 4 * 1024 * 1024
"""Bytes of one metadata or schema file."""
MOST_DEPTH = 32
LONGEST_PATH = 1024
HIGHEST_RATIO = 200
"""How many times larger a file of an archive may be than what the archive holds of it."""
RATIO_FREE_BYTES = 1024 * 1024
"""A file up to this size may have any ratio: short repetitive files compress very well."""

NOT_PART = frozenset({".git", ".hg", ".svn", "__MACOSX", ".DS_Store", "Thumbs.db"})
"""Names that version control and desktops leave behind; they are never part of a task."""


def odd_name(name: str) -> str | None:
    """Return what is wrong with the name of a file or folder, None when it is fine."""
    if not name.isprintable():
        return "holds a control character or one that is not UTF-8"
    if "\\" in name:
        return "holds a backslash"
    return None
