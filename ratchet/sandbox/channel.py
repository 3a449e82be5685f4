"""The host's end of a worker's channel: frames under a deadline."""

from __future__ import annotations

import os
import select
import threading
import time

from ratchet.sandbox import frames

_CHUNK = 1 << 16


class DeadlinePassed(Exception):
    """The worker did not answer in time."""


class Channel:
    """Two descriptors, one to read and one to write, closed together; they may be the same.

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
        self._buffer = bytearray()
        self._sending = threading.Lock()
        self._closed = False

    def send(self, kind: bytes, payload: bytes, deadline: float) -> None:
        """Write one frame; from any thread.

        Raises:
            Disconnected: The worker is gone.
            DeadlinePassed: It did not take the frame by then; the deadline is a `time.monotonic()`.
        """
        with self._sending:
            view = memoryview(frames.pack(kind, payload))
            while view:
                view = view[self._write(view, deadline) :]

    def _write(self, view: memoryview, deadline: float) -> int:
        if self._closed:
            raise frames.Disconnected
        self._await(self._writable, deadline)
        try:
            return os.write(self._descriptors[1], view[: 1 << 20])
        except BlockingIOError:
            return 0
        except OSError:
            raise frames.Disconnected from None

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
            self._await(self._readable, deadline)
            try:
                chunk = os.read(self._descriptors[0], max(_CHUNK, min(count - len(self._buffer), 1 << 20)))
            except BlockingIOError:
                continue
            except OSError:
                raise frames.Disconnected from None
            if not chunk:
                raise frames.Disconnected
            self._buffer += chunk

    @staticmethod
    def _await(poll: select.poll, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not poll.poll(remaining * 1000 + 1):
            raise DeadlinePassed

    def close(self) -> None:
        """Close both descriptors; again is harmless."""
        with self._sending:
            if self._closed:
                return
            self._closed = True
            for descriptor in set(self._descriptors):
                os.close(descriptor)
