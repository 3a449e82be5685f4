"""Workers as the host sees them."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import NamedTuple, Protocol

from ratchet.engine import ENGINES
from ratchet.sandbox import frames
from ratchet.sandbox.channel import Channel, DeadlinePassed
from ratchet.task.model import Limits

_SEND_SECONDS = 20.0


class Confinement(NamedTuple):
    """What a worker must know to confine itself, and the engine it hosts; it can do so before there is work."""

    memory_bytes: int
    cpu_seconds: float
    engine: str = ENGINES[0]

    @classmethod
    def of(cls, limits: Limits, engine: str = ENGINES[0]) -> Confinement:
        """Return what these limits ask of a worker with this engine."""
        return cls(limits.memory_bytes, limits.cpu_seconds, engine)


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

    def is_alive(self) -> bool:
        """Tell whether the process is still there, as far as can be told without waiting."""

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


def confine_worker(worker: Worker, confinement: Confinement) -> None:
    """Have a worker confine itself; its greeting, which says how far it got, is read by who uses it."""
    with suppress(frames.Disconnected, DeadlinePassed):  # Who uses it sees that it is gone.
        body = json.dumps(confinement._asdict()).encode()
        worker.channel.send(frames.CONFINE, body, time.monotonic() + _SEND_SECONDS)
