"""The clock of a request: at its deadline, or when it is cancelled, its socket is shut.

A socket's own time-out bounds one read, so a server that drips bytes outlives it; and only the end of its socket wakes
a thread that reads.
"""

from __future__ import annotations

import heapq
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from ratchet.gateway.failures import GatewayFailure, RequestCancelled, TimedOut

Ending = Literal["timeout", "cancelled"]


class Cancellation(Protocol):
    """A token with which another thread stops a request."""

    @property
    def cancelled(self) -> bool:
        """Tell whether somebody has cancelled."""

    def on_cancel(self, action: Callable[[], None], /) -> AbstractContextManager[None]:
        """Call the action on cancelling, at once if that has happened, as long as the block lasts."""


class Deadline:
    """The time by which one request must be done, and the socket that ends with it.

    Args:
        at: In seconds, as `time.monotonic` counts.

    Attributes:
        awake: Set at the end, for a thread that waits for something other than the socket.
    """

    def __init__(self, at: float, host: str) -> None:
        self.at = at
        self.host = host
        self.awake = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._ending: Ending | None = None

    @property
    def remaining(self) -> float:
        """The seconds that are left, never less than a little, as a socket's time-out must be above zero."""
        return max(self.at - time.monotonic(), 0.001)

    def hold(self, sock: socket.socket | None) -> None:
        """Take the socket that is to end with the deadline in place of the one before; None to let go of it."""
        with self._lock:
            self._socket = sock
            if self._ending is not None:
                self._shut()
        self.check()

    def release(self) -> None:
        """Let go of the socket: whoever calls this may close it or keep it."""
        with self._lock:
            self._socket = None

    def end(self, ending: Ending) -> None:
        """Shut the socket for one of the two reasons; the first one counts."""
        with self._lock:
            self._ending = self._ending or ending
            self._shut()
        self.awake.set()

    def check(self) -> None:
        """Raise the failure that stands for the end, if it has come."""
        failure = self.failure()
        if failure is not None:
            raise failure

    def failure(self) -> GatewayFailure | None:
        """Return why the request is over, None while it is not."""
        if self._ending is None and time.monotonic() >= self.at:
            self.end("timeout")
        if self._ending is None:
            return None
        if self._ending == "cancelled":
            return RequestCancelled(f"The request to `{self.host}` was cancelled")
        return TimedOut(f"No complete answer from `{self.host}` in time")

    def _shut(self) -> None:
        if self._socket is None:
            return
        try:
            # That of a TLS socket would also take its TLS away, under the thread that reads through it.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            pass  # It is closed or not connected, so nobody waits for it.


class Watchdog:
    """One thread that ends each request at its deadline; it starts with the first and ends when closed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Deadline]] = []
        self._count = 0
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, deadline: Deadline) -> None:
        """End the request at its deadline, unless it has been forgotten before."""
        with self._changed:
            if self._closed:
                deadline.end("cancelled")
                return
            self._count += 1
            heapq.heappush(self._waiting, (deadline.at, self._count, deadline))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ratchet-deadlines", daemon=True)
                self._thread.start()
            elif self._waiting[0][2] is deadline:
                self._changed.notify()

    def forget(self, deadline: Deadline) -> None:
        """Stop watching a request that is done."""
        with self._changed:
            # There are as many as requests in flight, which are few.
            self._waiting = [entry for entry in self._waiting if entry[2] is not deadline]
            heapq.heapify(self._waiting)

    def close(self) -> None:
        """End the thread and each request, those that come later too."""
        with self._changed:
            self._closed = True
            for _, _, deadline in self._waiting:
                deadline.end("cancelled")
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                while self._waiting and self._waiting[0][0] <= now:
                    heapq.heappop(self._waiting)[2].end("timeout")
                self._changed.wait(self._waiting[0][0] - now if self._waiting else None)
