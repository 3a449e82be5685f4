"""What the tools work with, as one principal may use it: no tool can reach what is not in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ratchet.errors import NotFound
from ratchet.execution.document import Execution
from ratchet.execution.executions import KEPT, Executions
from ratchet.execution.keeper import Wanted
from ratchet.execution.recorded import Recording
from ratchet.execution.running import Running
from ratchet.mcp_server.drafts import UNSAVED
from ratchet.mcp_server.principal import OWNER, Principal
from ratchet.mcp_server.scopes import Action, Scopes, refusal
from ratchet.mcp_server.workshop import Workshop
from ratchet.registry.catalogue import Choice
from ratchet.task.model import Task
from ratchet.task.text import printable


def narrowed(workshop: Workshop, principal: Principal) -> Workshop:
    """Return what a principal may use of what the tools work with.

    Args:
        workshop: All of it.
    """
    if principal is OWNER:
        return workshop
    assert isinstance(workshop.executions, Executions)
    scopes = principal.scopes
    seen = workshop._replace(executions=SeenExecutions(workshop.executions, principal), scopes=scopes)
    if scopes.is_whole:
        return seen
    return seen._replace(
        catalogue=workshop.catalogue.narrowed(_choice(scopes, "read")),
        runnable=workshop.catalogue.narrowed(_choice(scopes, "run")),
    )


def _choice(scopes: Scopes, action: Action) -> Choice:
    return Choice(lambda name: scopes.allows(action, name), lambda name: refusal(action, name))


class SeenExecutions:
    """The executions that a principal may see: its own, and with `ratchet:executions` those of others.

    They are of tasks that it may read. Which are its own is known as long as the server runs.
    """

    def __init__(self, executions: Executions, principal: Principal) -> None:
        self._executions = executions
        self._owner = principal.owner
        self._scopes = principal.scopes
        self._sees_others = principal.scopes.allows_some("executions")

    def start(self, task: Task, value: Any, **options: Any) -> Running:
        """Start an execution, which belongs to the principal; see `Executions`."""
        return self._executions.start(task, value, owner=self._owner, **options)

    def find(self, identity: str) -> Running:
        """Return an execution by its id.

        Raises:
            NotFound: There is none to be seen.
        """
        running = self._executions.find(identity)
        if not self._sees(running.owner, running.reference.name):
            raise NotFound(f"There is no execution `{printable(identity)}`", hint=f"The last {KEPT} are kept")
        return running

    def recording(self, identity: str) -> Recording:
        """Return what an execution that has ended did and saw."""
        return self._executions.recording(self.find(identity).id)

    def has_recording(self, identity: str) -> bool:
        """Tell whether what an execution saw is kept."""
        return self._executions.has_recording(self.find(identity).id)

    def recorded_task(self, identity: str) -> Task:
        """Return the task of a recording, exactly as it ran."""
        return self._executions.recorded_task(self.find(identity).id)

    def recorded_files(self, identity: str) -> dict[str, bytes]:
        """Return the files of the recording of an execution that has ended."""
        return self._executions.recorded_files(self.find(identity).id)

    def all(self) -> list[Execution]:
        """Return every execution that was not refused, the newest first."""
        return self._seen(self._executions.all())

    def newest(self, wanted: Wanted) -> list[Execution]:
        """Return the executions that are asked for, the newest first."""
        if self._scopes.is_whole:
            return self._executions.newest(wanted)
        return self._seen(self._executions.newest(wanted._replace(limit=KEPT)))[: wanted.limit]

    def _seen(self, executions: Iterable[Execution]) -> list[Execution]:
        if self._scopes.is_whole:
            return list(executions)
        return [each for each in executions if self._sees(self._executions.owner_of(each.id), each.task.name)]

    def _sees(self, owner: str | None, name: str) -> bool:
        is_own = owner == self._owner
        if self._scopes.allows("read", name):
            return is_own or self._sees_others
        # What nobody has saved has no name that a scope could mean.
        return is_own and name in UNSAVED
