"""A task that may become a tool, as one value: with the tasks that it calls, and a digest over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ratchet.cache import key_of
from ratchet.errors import NotFound
from ratchet.task.model import Task
from ratchet.task.text import printable

_MOST_CALLED = 200


class Candidate(NamedTuple):
    """A task as it was read, which no later edit changes.

    Args:
        source: The name of the source that it is from.
        called: The tasks that it may call, and those that they may call, by name; None where there is none.
        digest: Names all of it. A name that a task has from its folder is not in the digest of its files.
    """

    source: str
    task: Task
    called: Mapping[str, Task | None]
    digest: str

    @property
    def address(self) -> str:
        """The name that no other source shares."""
        return f"{self.source}/{self.task.name}"

    def find_task(self, name: str) -> Task:
        """Return a task that may be called, as it was read.

        Raises:
            NotFound: There was none.
        """
        task = self.called.get(name)
        if task is None:
            raise NotFound(f"There is no task `{printable(name)}` in the source `{self.source}`")
        return task


def candidate_of(source: str, task: Task, find: Callable[[str], Task | None]) -> Candidate:
    """Return a task together with what it calls.

    Args:
        find: Returns a task of the same source, None where there is none.
    """
    called: dict[str, Task | None] = {}
    waiting = list(task.metadata.permissions.tasks)
    while waiting and len(called) < _MOST_CALLED:
        name = waiting.pop()
        if name not in called:
            found = called[name] = find(name)
            waiting += found.metadata.permissions.tasks if found else ()
    parts = [source, task.name, task.version, task.digest]
    for name, each in sorted(called.items()):
        parts += [name, each.version, each.digest] if each else [name, ""]
    return Candidate(source, task, called, key_of(*parts))
