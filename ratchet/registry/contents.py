"""What a source offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from ratchet.registry.source import Source
from ratchet.task.model import Permissions, Task
from ratchet.values import Problem

State = Literal["current", "cached", "unusable"]


class Entry(NamedTuple):
    """One task that a source offers.

    Args:
        source: The name of the source.
        summary: A sentence for people.
        location: What errors call the task: a path, or `source/name`.
        load: Returns the task; raises InvalidTask when it is not what the digest says.
    """

    source: str
    name: str
    version: str
    digest: str
    permissions: Permissions
    summary: str
    location: str
    load: Callable[[], Task]

    @property
    def address(self) -> str:
        """The shortest name that no other source shares."""
        return f"{self.source}/{self.name}"


class Contents(NamedTuple):
    """What a source offered when it was read.

    Args:
        state: `cached` when the source could not be asked and what was fetched before is served.
        detail: Why it is not current, for a person; "" when it is.
        revision: What the source calls this state of it: a commit, an entity tag; None where it has no name.
        fetched_at: When that was, in seconds since 1970; None for what is read in place.
        problems: Tasks that are left out, and why.
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    state: State = "current"
    detail: str = ""
    revision: str | None = None
    fetched_at: float | None = None


class Reader(Protocol):
    """Reads one source again and again, and only what has changed."""

    @property
    def source(self) -> Source:
        """What is read."""
        ...

    def read(self, *, fresh: bool = False, name: str | None = None) -> Contents:
        """Return what the source offers; an unusable source is a value too.

        Args:
            fresh: Ask even when what was fetched is recent.
            name: What of the tasks is wanted: others may be as they were the last time.
        """
        ...


def entry_of(source: Source, task: Task) -> Entry:
    """Return the entry of a task that has been loaded."""
    metadata = task.metadata
    return Entry(
        source.name,
        task.name,
        task.version,
        task.digest,
        metadata.permissions,
        (metadata.description or metadata.label).split("\n")[0],
        task.path_of("").rstrip("/"),
        lambda: task,
    )


def without_doubles(entries: list[Entry]) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Return the entries by name and version, the first of each, and a problem for each of the others."""
    kept: dict[tuple[str, str], Entry] = {}
    problems = []
    for entry in entries:
        first = kept.setdefault((entry.name, entry.version), entry)
        if first is not entry:
            message = f"`{entry.location}` is left out: `{first.location}` is `{entry.name}@{entry.version}` too"
            problems.append(Problem(message, hint="Give one of them another name or version"))
    return tuple(kept.values()), tuple(problems)
