"""The task that an address names."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import Depends, Path, Query

from ratchet.errors import InvalidTask, NotFound, NotPermitted, Unavailable
from ratchet.server.rest.task_parts import tag_of
from ratchet.server.service import Service, ServiceOf
from ratchet.task.model import Task

SLUG = r"^[a-z0-9][a-z0-9_-]{0,63}$"
TaskName = Annotated[str, Path(pattern=SLUG, description="The name of the task")]


OF_ONE_TASK = (NotFound, NotPermitted, InvalidTask, Unavailable)
"""What can be wrong with the task that an address names."""


class Asked(NamedTuple):
    """Which task is meant: its name, and its source and version where several have the name."""

    name: str
    source: str | None
    version: str | None

    @property
    def address(self) -> str:
        """The name as the catalogue takes it."""
        start = f"{self.source}/" if self.source else ""
        return start + self.name + (f"@{self.version}" if self.version else "")

    def find(self, service: Service) -> tuple[Task, str]:
        """Return the task and the source it is from.

        Raises:
            NotFound, Unavailable, InvalidTask, NotPermitted: See `Catalogue.find`.
        """
        return service.catalogue.find(self.address)


async def _asked(
    name: TaskName,
    source: Annotated[str | None, Query(pattern=SLUG, description="The source of the task")] = None,
    version: Annotated[
        str | None, Query(max_length=64, pattern=r"^[0-9A-Za-z.^~<>=*+-]+$", description="A version or a range")
    ] = None,
) -> Asked:
    return Asked(name, source, version)


AskedFor = Annotated[Asked, Depends(_asked)]


class Offered(NamedTuple):
    """A task as this server offers it.

    Args:
        enabled: Whether it may run.
    """

    task: Task
    source: str
    enabled: bool

    @property
    def tag(self) -> str:
        """The entity tag of the task and of all its parts: they change together."""
        return tag_of(self.task, enabled=self.enabled)


def offered(service: Service, task: Task, source: str) -> Offered:
    """Return a task of the catalogue as this server offers it."""
    return Offered(task, source, task.name not in service.switches.disabled())


def _found(asked: AskedFor, service: ServiceOf) -> Offered:
    return offered(service, *asked.find(service))


Found = Annotated[Offered, Depends(_found)]
"""The task that is asked for."""
