"""Connections that are kept open for the next request to the same place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from ratchet.gateway.addresses import IPAddress
from ratchet.gateway.url import Url
from ratchet.gateway.wire import Wire


class Line(NamedTuple):
    """An open connection.

    Args:
        origin: Scheme, host and port that it was opened for.
        address: What it is connected to; None for a name behind a proxy.
    """

    wire: Wire
    origin: str
    address: IPAddress | None


class ConnectionPool:
    """Lines without a request; when there are too many, the one that was used longest ago is closed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._idle: list[Line] = []
        self._closed = False

    def take(self, url: Url, allows: Callable[[Line], bool]) -> Line | None:
        """Return a line to the origin of a URL that is still open and that the caller may use."""
        while True:
            with self._lock:
                found = [line for line in self._idle if line.origin == url.origin and allows(line)]
                if not found:
                    return None
                line = found[-1]
                self._idle.remove(line)
            if line.wire.is_open:
                return line
            line.wire.close()

    def give(self, line: Line) -> None:
        """Keep a line for the next request."""
        with self._lock:
            self._idle.append(line)
            keep = 0 if self._closed else self._size
            surplus = self._idle[: len(self._idle) - keep] if len(self._idle) > keep else []
            self._idle = self._idle[len(surplus) :]
        for old in surplus:
            old.wire.close()

    def close(self) -> None:
        """Close every line, and each that is given back later."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for line in idle:
            line.wire.close()
