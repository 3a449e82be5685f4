"""The jobs and schedules of a server's store, as far as the tools ask for them; nodes do the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ratchet.mcp_server.questions import check_confirmed
from ratchet.mcp_server.tool import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from ratchet.jobs.jobs import Jobs
    from ratchet.jobs.schedules import Schedules


class Desk(NamedTuple):
    """Where jobs are made and looked for.

    Args:
        is_worked_on: Tells whether a node has lately said that it lives.
    """

    jobs: Jobs
    schedules: Schedules
    is_worked_on: Callable[[], bool]


def desk_of(call: Call) -> Desk:
    """Return where jobs are asked for; the store is opened when that is done first."""
    # Only a server with a store offers these tools.
    assert call.workshop.desk is not None
    return call.workshop.desk()


def check_agreed(call: Call) -> None:
    """Refuse to have a task run later that destroys something, unless the user of the client has agreed.

    Raises:
        NotPermitted: The user has not, or could not be asked.
        RatchetError: The task is not found.
    """
    task, _ = call.workshop.catalogue.find(call.arguments["task"])
    check_confirmed(task, needed=call.workshop.confirm, confirmed=call.confirmed)
