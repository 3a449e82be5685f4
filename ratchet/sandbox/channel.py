"""The host's end of a worker's channel: frames under a deadline."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Iterable
from typing import Protocol

from ratchet.sandbox import frames

_CHUNK = 1 << 16
_MOST_AT_ONCE = 1 << 20


class DeadlinePassed(Exception):
    """The worker did not answer in time."""


class Stream(Protocol):
    """Bytes from and to a worker, each step under a deadline, a `time.monotonic()`.

    Both steps raise Disconnected when the worker is gone, and DeadlinePassed when it is not ready by then.
    """

    def read(self, wanted: int, deadline: float) -> bytes:
        """Return some bytes, at least one."""

    def write(self, data: memoryview, deadline: float) -> int:
        """Write some of the data and return how much."""

    def close(self) -> None:
        """Free what the stream holds."""


class Channel:
    """Frames over a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = bytearray()
        self._sending = threading.Lock()
        self._closed = False

    def send(self, kind: bytes, payload: bytes, deadline: float) -> None:
        """Write one frame; see `send_all`."""
        self.send_all(((kind, payload),), deadline)

    def send_all(self, messages: Iterable[tuple[bytes, bytes]], deadline: float) -> None:
        """Write frames, each a kind and a payload, so that the worker wakes once for them; from any thread.

        Raises:
            Disconnected: The worker is gone.
            DeadlinePassed: It did not take the frames by then.
        """
        with self._sending:
            view = memoryview(b"".join(frames.pack(kind, payload) for kind, payload in messages))
            while view:
                if self._closed:
                    raise frames.Disconnected
                view = view[self._stream.write(view[:_MOST_AT_ONCE], deadline) :]

    def receive(self, allowed: bytes, limit: int, deadline: float) -> tuple[bytes, bytes]:
        """Read one frame and return kind and payload.

        Raises:
            Disconnected, DeadlinePassed, ProtocolViolation
        """
        self._fill(frames.HEADER_BYTES, deadline)
        kind, length = frames.unpack_header(bytes(self._buffer[: frames.HEADER_BYTES]), allowed, limit)
        self._fill(frames.HEADER_BYTES + length, deadline)
        payload = bytes(self._buffer[frames.HEADER_BYTES : frames.HEADER_BYTES + length])
        del self._buffer[: frames.HEADER_BYTES + length]
        return kind, payload

    def _fill(self, count: int, deadline: float) -> None:
        while len(self._buffer) < count:
            wanted = max(_CHUNK, min(count - len(self._buffer), _MOST_AT_ONCE))
            self._buffer += self._stream.read(wanted, deadline)

    def close(self) -> None:
        """Close the stream; again is harmless."""
        with self._sending:
            if not self._closed:
                self._closed = True
                self._stream.close()


class PolledStream:
    """Two descriptors, one to read and one to write, which may be the same; POSIX.

    Both are made non-blocking: a worker that stops reading or writes half a frame holds nobody.
    """

    def __init__(self, read_from: int, write_to: int) -> None:
        self._descriptors = (read_from, write_to)
        for descriptor in {read_from, write_to}:
            os.set_blocking(descriptor, False)
        self._readable = select.poll()
        self._readable.register(read_from, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(write_to, select.POLLOUT)

    def read(self, wanted: int, deadline: float) -> bytes:
        """Return some bytes; see `Stream`."""
        while True:
            self._await(self._readable, deadline)
            try:
                chunk = os.read(self._descriptors[0], wanted)
            except BlockingIOError:
                continue
            except OSError:
                raise frames.Disconnected from None
            if not chunk:
                raise frames.Disconnected
            return chunk

    def write(self, data: memoryview, deadline: float) -> int:
        """Write some of the data; see `Stream`."""
        try:
            # Most frames find room at once.
            return os.write(self._descriptors[1], data)
        except BlockingIOError:
            self._await(self._writable, deadline)
            return 0
        except OSError:
            raise frames.Disconnected from None

    @staticmethod
    def _await(poll: select.poll, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not poll.poll(remaining * 1000 + 1):
            raise DeadlinePassed

    def close(self) -> None:
        """Close both descriptors."""
        for descriptor in set(self._descriptors):
            os.close(descriptor)
