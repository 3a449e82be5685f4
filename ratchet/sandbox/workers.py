"""Workers as the host sees them."""

from __future__ import annotations

import os
from typing import NamedTuple, Protocol

from ratchet.sandbox.channel import Channel


class Ending(NamedTuple):
    """How a worker's process ended; both are None when nobody could tell."""

    signal: int | None = None
    exit_code: int | None = None

    @classmethod
    def of_wait_status(cls, status: int) -> Ending:
        """Read what `waitpid` returned."""
        code = os.waitstatus_to_exitcode(status)
        return cls(signal=-code) if code < 0 else cls(exit_code=code)


class Worker(Protocol):
    """One process for one execution."""

    channel: Channel

    def kill(self) -> None:
        """End the process at once; callable from any thread, and after its end."""

    def ending(self) -> Ending:
        """Make sure the process is gone and say how it ended."""

    def close(self) -> None:
        """End the process and free what it held."""


class WorkerSource(Protocol):
    """Where workers come from."""

    def start(self) -> Worker:
        """Return a new worker, warm or warming."""

    def close(self) -> None:
        """End everything this source has started."""
