"""Which tasks are to be tools, and what these are called."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from ratchet.mcp_server.client_rules import TOOL_NAME
from ratchet.registry.contents import Entry

Mode = Literal["tasks", "core", "auto"]
MOST_IN_AUTO = 30
"""Clients cap the number of tools, and models choose worse among many."""


class Exposure(NamedTuple):
    """The operator's choice.

    Args:
        mode: Each task a tool; none; or each as long as there are at most `MOST_IN_AUTO`.
        include, exclude: Patterns of names, `total-*`, or of sources and names, `own/*`.
        tags: Keep tasks that have one of these.
    """

    mode: Mode = "auto"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def chooses(self, entry: Entry) -> bool:
        """Tell whether a task is chosen by its name and its tags."""
        if self.include and not _fits(entry, self.include):
            return False
        if _fits(entry, self.exclude):
            return False
        return not self.tags or not {*self.tags}.isdisjoint(entry.load().metadata.tags)

    def too_many(self, count: int) -> str | None:
        """Return why so many tasks are no tools, None where they are."""
        if self.mode == "core":
            return "No task is a tool here"
        if self.mode == "auto" and count > MOST_IN_AUTO:
            return f"There are {count} tasks, and above {MOST_IN_AUTO} none is a tool"
        return None


def _fits(entry: Entry, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(entry.address if "/" in pattern else entry.name, pattern) for pattern in patterns)


def name_tools(entries: Sequence[Entry], taken: Collection[str]) -> dict[str, str]:
    """Return the tools' names by the addresses of their tasks; a task that none is left for has none.

    A task's own name goes to the first source that has it, so that what a later source comes to offer renames no tool;
    the others are called `SOURCE_NAME`.

    Args:
        taken: Names that are no task's.
    """
    names: dict[str, str] = {}
    used = set(taken)
    for entry in entries:
        if entry.name not in used and TOOL_NAME.fullmatch(entry.name):
            names[entry.address] = entry.name
            used.add(entry.name)
    for entry in entries:
        whole = f"{entry.source}_{entry.name}"
        if entry.address not in names and whole not in used and TOOL_NAME.fullmatch(whole):
            names[entry.address] = whole
            used.add(whole)
    return names
