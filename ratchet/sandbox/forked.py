"""Workers that the zygote forks, and the zygote itself as a child of this process. Linux."""

from __future__ import annotations

import os
import select
import signal
import threading
import weakref
from typing import TYPE_CHECKING

from ratchet.sandbox import launch
from ratchet.sandbox.channel import Channel, PolledStream
from ratchet.sandbox.workers import Ending, Worker

if TYPE_CHECKING:
    import socket

_ENDING_SECONDS = 5.0
_ENDING_BYTES = 4


class ForkedWorker:
    """A worker that the zygote forked: a channel and a lifeline.

    Args:
        control: What the zygote is asked over.
    """

    def __init__(self, channel: Channel, lifeline: socket.socket, control: socket.socket) -> None:
        self.channel = channel
        self._lifeline = lifeline
        self._control = control

    def kill(self) -> None:
        """Shut the lifeline, at which the zygote kills the worker."""
        try:
            self._lifeline.shutdown(1)
        except OSError:
            pass  # Closed, or the zygote is gone and took the worker with it.

    def is_alive(self) -> bool:
        """Tell whether the zygote has said nothing yet about the worker's end, nor ended itself."""
        ended = select.poll()
        ended.register(self._lifeline, select.POLLIN)
        try:
            # The worker holds the lifeline too, and dies a moment after the zygote, whose hang-up is heard at once.
            ended.register(self._control, 0)
        except ValueError:
            return False  # Another zygote has taken its place.
        return not ended.poll(0)

    def close(self) -> None:
        """Free the descriptors, at which the zygote kills what is left and reaps it."""
        # First, or the channel would wait for an answer that the worker does not read.
        self.kill()
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

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._launch()

    def _launch(self) -> None:
        import socket

        ours, theirs = socket.socketpair()
        with theirs:
            self._process = launch.spawn(launch.command("zygote", self._engine), theirs.fileno(), theirs.fileno())
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
            control = self._control
        descriptor = channel.detach()
        return ForkedWorker(Channel(PolledStream(descriptor, descriptor)), lifeline, control)

    def close(self) -> None:
        """End the zygote, and with it every worker."""
        self._control.close()
        try:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # Gone, and reaped by somebody who waits for any child of this process.


def _close_forked(control: socket.socket | None) -> None:
    if control is not None:
        control.close()
