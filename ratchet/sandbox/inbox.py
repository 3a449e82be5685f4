"""The worker's end of the channel, inwards: frames from the host, with or without a time to wait."""

from __future__ import annotations

import math
import select
from typing import Protocol

from ratchet.sandbox import frames

_INPUT = 0
_KINDS = frames.CONFINE + frames.LIMITS + frames.REQUEST + frames.ANSWER


class Inbox(Protocol):
    """Where frames come from."""

    def take(self, kind: bytes, seconds: float | None = None) -> bytes | None:
        """Return the payload of the next frame, None when the time is over first.

        Raises:
            Disconnected: The host is gone.
            ProtocolViolation: A frame of another kind came.
        """


class PolledInbox:
    """Waits for descriptor 0 as long as it takes; POSIX."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._poll.register(_INPUT, select.POLLIN)

    def take(self, kind: bytes, seconds: float | None = None) -> bytes | None:
        """Return the payload of the next frame; see `Inbox`."""
        # Rounded up, or the loop would spin through the last fraction of a millisecond.
        if not self._poll.poll(None if seconds is None else math.ceil(seconds * 1000)):
            return None
        return _read_frame(kind)[1]


class ThreadedInbox:
    """Has a thread read descriptor 0, where a pipe cannot be waited for; it must start before the confinement."""

    def __init__(self) -> None:
        import queue
        import threading

        self._empty = queue.Empty
        self._frames: queue.Queue[tuple[bytes, bytes] | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while True:
                self._frames.put(_read_frame(_KINDS))
        except (frames.Disconnected, frames.ProtocolViolation):
            self._frames.put(None)

    def take(self, kind: bytes, seconds: float | None = None) -> bytes | None:
        """Return the payload of the next frame; see `Inbox`."""
        try:
            frame = self._frames.get(timeout=seconds)
        except self._empty:
            return None
        if frame is None:
            raise frames.Disconnected
        if frame[0] != kind:
            raise frames.ProtocolViolation(f"a frame of kind {frame[0]!r} in place of {kind!r}")
        return frame[1]


def _read_frame(kinds: bytes) -> tuple[bytes, bytes]:
    header = frames.read_exactly(_INPUT, frames.HEADER_BYTES)
    kind, length = frames.unpack_header(header, kinds, frames.MOST_TO_WORKER)
    return kind, frames.read_exactly(_INPUT, length)
