"""Where what is not saved finds tasks to call: among all, by name."""

from __future__ import annotations

from typing import NamedTuple

from ratchet.errors import NotFound
from ratchet.execution.calls import FindTask
from ratchet.mcp_server.questions import check_confirmed
from ratchet.registry.catalogue import Catalogue
from ratchet.registry.newest import newest_by_name
from ratchet.task.model import Task
from ratchet.task.text import nearest, printable


class Found(NamedTuple):
    """A task that was found, and the source that it is from."""

    source: str
    task: Task


class Others:
    """The tasks that can be called by their names alone, as they were when the first was called.

    Where several sources have a name, the first of them counts.

    Args:
        confirm: Whether those that say that they destroy something cannot be called: nobody asks the user in between.

    Attributes:
        called: Those that have been, by their names.
    """

    def __init__(self, catalogue: Catalogue, *, confirm: bool) -> None:
        self._catalogue = catalogue
        self._confirm = confirm
        self._sources: dict[str, str] = {}
        self.called: dict[str, Found] = {}

    @property
    def names(self) -> list[str]:
        """The names that can be called."""
        return list(self._read())

    def find(self, name: str) -> Task:
        """Return a task by its name.

        Raises:
            NotFound: No source has it.
            NotPermitted: It may destroy something.
            RatchetError: It is broken, or not the one that was accepted.
        """
        source = self._read().get(name)
        if source is None:
            match = nearest(name, self.names)
            hint = f"Did you mean `{match}`?" if match else "`list_tasks` shows what there is"
            raise NotFound(f"There is no task `{printable(name)}`", hint=hint)
        task, _ = self._catalogue.find(f"{source}/{name}")
        check_confirmed(task, needed=self._confirm)
        self.called[name] = Found(source, task)
        return task

    def beside(self, task: Task) -> FindTask:
        """Return where a task that was called finds tasks itself: in its own source."""
        return self._catalogue.finder(self._read()[task.name])

    def _read(self) -> dict[str, str]:
        if not self._sources:
            entries = newest_by_name(self._catalogue.read())
            self._sources = {name: entry.source for name, entry in entries.items()}
        return self._sources
