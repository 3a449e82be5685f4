"""Workers as the host sees them, and the two places they come from: the zygote, or a process of their own."""

from __future__ import annotations

import os
import signal
import sys
import threading
import weakref
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ratchet.sandbox import launch
from ratchet.sandbox.channel import Channel, PolledStream

if TYPE_CHECKING:
    import socket

SOURCES = {"linux": ("zygote", "spawn"), "win32": ("piped",)}.get(sys.platform, ("spawn",))
"""Where workers come from on this system: the first is best for many executions, the last for a single one."""

_ENDING_SECONDS = 5.0
_ENDING_BYTES = 4


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


class SpawnedWorker:
    """A worker that is a child of this process.

    Args:
        started: What `launch.start_worker` returned, when that was called ahead.
    """

    def __init__(self, started: tuple[int, int, int] | None = None) -> None:
        self._process, read_from, write_to = started or launch.start_worker()
        self.channel = Channel(PolledStream(read_from, write_to))
        self._lock = threading.Lock()
        self._ending: Ending | None = None

    def kill(self) -> None:
        """Kill the process, unless it was reaped: its id may be somebody else's by now."""
        with self._lock:
            if self._ending is None:
                os.kill(self._process, signal.SIGKILL)

    def close(self) -> None:
        """End the process and reap it."""
        self.channel.close()
        self.kill()
        self.ending()

    def ending(self) -> Ending:
        """Kill what is left, reap it and return how it ended."""
        with self._lock:
            if self._ending is None:
                ended, status = os.waitpid(self._process, os.WNOHANG)
                if ended == 0:
                    os.kill(self._process, signal.SIGKILL)
                    _, status = os.waitpid(self._process, 0)
                self._ending = Ending.of_wait_status(status)
            return self._ending


class SpawnSource:
    """Starts an interpreter for each worker."""

    def start(self) -> Worker:
        """Return a worker that is still warming up; it takes frames at once."""
        return SpawnedWorker()

    def close(self) -> None:
        """Nothing is shared between the workers of this source."""


class ForkedWorker:
    """A worker that the zygote forked: a channel and a lifeline."""

    def __init__(self, channel: Channel, lifeline: socket.socket) -> None:
        self.channel = channel
        self._lifeline = lifeline

    def kill(self) -> None:
        """Shut the lifeline, at which the zygote kills the worker."""
        try:
            self._lifeline.shutdown(1)
        except OSError:
            pass  # Closed, or the zygote is gone and took the worker with it.

    def close(self) -> None:
        """Free the descriptors, at which the zygote kills what is left and reaps it."""
        self.channel.close()
        self._lifeline.close()

    def ending(self) -> Ending:
        """Kill what is left and return how the zygote says it ended."""
        self.kill()
        self._lifeline.settimeout(_ENDING_SECONDS)
        try:
            status = self._lifeline.recv(_ENDING_BYTES)
        except OSError:
            status = b""
        return Ending.of_wait_status(int.from_bytes(status, "big", signed=True)) if status else Ending()


class ZygoteSource:
    """Starts one zygote, and forks every worker from it. Linux."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._launch()

    def _launch(self) -> None:
        import socket

        ours, theirs = socket.socketpair()
        with theirs:
            self._process = launch.spawn("zygote", theirs.fileno(), theirs.fileno())
        self._control = ours
        # A fork of the host must not keep the zygote alive.
        control = weakref.ref(ours)
        os.register_at_fork(after_in_child=lambda: _close_forked(control()))

    def start(self) -> Worker:
        """Have a worker forked; a zygote that somebody killed is replaced."""
        import socket

        channel, channel_end = socket.socketpair()
        lifeline, lifeline_end = socket.socketpair()
        with channel_end, lifeline_end, self._lock:
            ends = [channel_end.fileno(), lifeline_end.fileno()]
            try:
                socket.send_fds(self._control, [b"F"], ends)
            except OSError:
                self.close()
                self._launch()
                socket.send_fds(self._control, [b"F"], ends)
        descriptor = channel.detach()
        return ForkedWorker(Channel(PolledStream(descriptor, descriptor)), lifeline)

    def close(self) -> None:
        """End the zygote, and with it every worker."""
        self._control.close()
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _close_forked(control: socket.socket | None) -> None:
    if control is not None:
        control.close()


def open_source(kind: str) -> WorkerSource:
    """Return a source by its name, one of `SOURCES`."""
    if kind == "zygote":
        return ZygoteSource()
    if kind == "spawn":
        return SpawnSource()
    # Imported when needed: it brings `subprocess` and `queue`.
    from ratchet.sandbox.piped import PipedSource

    return PipedSource()
