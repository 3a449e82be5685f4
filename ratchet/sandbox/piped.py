"""Workers for systems that can neither fork nor wait for a pipe: plain pipes, and a thread that reads. Windows."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time
from typing import IO

from ratchet.sandbox import frames, launch
from ratchet.sandbox.channel import Channel, DeadlinePassed
from ratchet.sandbox.job_object import Job
from ratchet.sandbox.kernel import bind_kernel
from ratchet.sandbox.workers import Ending, Worker

_CHUNK = 1 << 16
# Windows starts no interpreter without it.
_SYSTEM_ROOT = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
_WAITING_CHUNKS = 64
_WRITTEN_AT_ONCE = 1 << 16


class PipedStream:
    """The pipes of a child process.

    A thread reads ahead, a bounded way. A write can block for as long as the worker does not read; at the deadline
    a timer kills the worker, which ends the write.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._input: IO[bytes] = process.stdin
        self._output: IO[bytes] = process.stdout
        self._chunks: queue.Queue[bytes] = queue.Queue(_WAITING_CHUNKS)
        self._closed = threading.Event()
        self._reader = threading.Thread(target=self._read_ahead, name="ratchet-pipe", daemon=True)
        self._reader.start()

    def _read_ahead(self) -> None:
        chunk = b"-"
        while chunk and not self._closed.is_set():
            chunk = os.read(self._output.fileno(), _CHUNK)
            self._chunks.put(chunk)

    def read(self, wanted: int, deadline: float) -> bytes:
        """Return some bytes; see `channel.Stream`."""
        try:
            chunk = self._chunks.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise DeadlinePassed from None
        if not chunk:
            raise frames.Disconnected
        return chunk

    def write(self, data: memoryview, deadline: float) -> int:
        """Write some of the data; see `channel.Stream`."""
        timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._process.kill)
        timer.start()
        try:
            return os.write(self._input.fileno(), data[:_WRITTEN_AT_ONCE])
        except OSError:
            if time.monotonic() >= deadline:
                raise DeadlinePassed from None
            raise frames.Disconnected from None
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process, and with it the reading thread, and close the pipes."""
        self._closed.set()
        self._process.kill()
        while self._reader.is_alive():
            # The thread may be waiting for room in the queue.
            try:
                self._chunks.get(timeout=0.01)
            except queue.Empty:
                continue
        self._input.close()
        self._output.close()


class PipedWorker:
    """A worker that is a child of this process, by `subprocess`."""

    def __init__(self, command_line: list[str]) -> None:
        self._process = subprocess.Popen(
            command_line,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=launch.ENVIRONMENT | _SYSTEM_ROOT,
        )
        self._job = self._tie_to_this_process()
        self.channel = Channel(PipedStream(self._process))

    def _tie_to_this_process(self) -> Job | None:
        """Have Windows end the worker with this process, however that ends; elsewhere the worker sees to it."""
        kernel = bind_kernel()
        if kernel.system != "win32":
            return None
        try:
            return Job(kernel, self._process.pid)
        except OSError:
            self._process.kill()
            raise

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process.poll() is None

    def ending(self) -> Ending:
        """Kill what is left and return how the process ended."""
        if self._process.poll() is None:
            self._process.kill()
        code = self._process.wait()
        return Ending(signal=-code) if code < 0 else Ending(exit_code=code)

    def close(self) -> None:
        """End the process and free what it held."""
        # First, or the channel would wait for an answer that the worker does not read.
        self.kill()
        self.channel.close()
        self._process.wait()
        if self._job is not None:
            self._job.close()


class PipedSource:
    """Starts an interpreter for each worker."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def start(self) -> Worker:
        """Return a worker that is still warming up; it takes frames at once."""
        return PipedWorker(launch.command("piped", self._engine))

    def close(self) -> None:
        """Nothing is shared between the workers of this source."""
