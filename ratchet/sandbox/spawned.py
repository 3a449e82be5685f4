"""Workers that are children of this process: an interpreter each, by `posix_spawn`. POSIX."""

from __future__ import annotations

import os
import signal
import threading

from ratchet.sandbox import launch
from ratchet.sandbox.channel import Channel, PolledStream
from ratchet.sandbox.workers import Ending, Worker


class SpawnedWorker:
    """A worker that is a child of this process.

    Args:
        started: What `launch.start_worker` returned.
    """

    def __init__(self, started: tuple[int, int, int]) -> None:
        self._process, read_from, write_to = started
        self.channel = Channel(PolledStream(read_from, write_to))
        self._lock = threading.Lock()
        self._ending: Ending | None = None

    def kill(self) -> None:
        """Kill the process, unless it was reaped: its id may be somebody else's by now."""
        with self._lock:
            if self._ending is None:
                os.kill(self._process, signal.SIGKILL)

    def is_alive(self) -> bool:
        """Tell whether the process runs; one that has ended is reaped."""
        with self._lock:
            self._reap(os.WNOHANG)
            return self._ending is None

    def close(self) -> None:
        """End the process and reap it."""
        # First, or the channel would wait for an answer that the worker does not read.
        self.kill()
        self.channel.close()
        self.ending()

    def ending(self) -> Ending:
        """Kill what is left, reap it and return how it ended."""
        with self._lock:
            self._reap(os.WNOHANG)
            if self._ending is None:
                os.kill(self._process, signal.SIGKILL)
                self._reap(0)
            return self._ending or Ending()

    def _reap(self, options: int) -> None:
        if self._ending is None:
            ended, status = os.waitpid(self._process, options)
            if ended:
                self._ending = Ending.of_wait_status(status)


class SpawnSource:
    """Starts an interpreter for each worker."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def start(self) -> Worker:
        """Return a worker that is still warming up; it takes frames at once."""
        return SpawnedWorker(launch.start_worker(self._engine))

    def close(self) -> None:
        """Nothing is shared between the workers of this source."""
