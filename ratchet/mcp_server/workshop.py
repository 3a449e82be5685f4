"""What the tools work with: tasks by name, and the executions of this server."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ratchet.execution.executions import Executions
from ratchet.execution.runtime import Runtime
from ratchet.mcp_server.scopes import ALL, Scopes
from ratchet.registry.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from ratchet.mcp_server.desk import Desk
    from ratchet.mcp_server.narrowing import SeenExecutions
    from ratchet.mcp_server.shelf import Shelf


class Workshop(NamedTuple):
    """What every tool is given.

    Args:
        catalogue: The tasks that can be found by name, to look at.
        shelf: Those of them that are tools.
        folder: Where tasks may be written; None where none may.
        inline_bytes: How large an answer, or a page of a resource, may be.
        confirm: Whether a task that says that it destroys something needs the user's word.
        desk: Opens where jobs are asked for; None where no store is configured.
        runnable: Those of them that may be run; None for all.
        scopes: What whoever calls a tool may do.
    """

    runtime: Runtime
    catalogue: Catalogue
    executions: Executions | SeenExecutions
    shelf: Shelf
    folder: str | None = None
    inline_bytes: int = 100_000
    confirm: bool = True
    desk: Callable[[], Desk] | None = None
    runnable: Catalogue | None = None
    scopes: Scopes = ALL

    @property
    def to_run(self) -> Catalogue:
        """The tasks that may be run."""
        return self.runnable or self.catalogue
