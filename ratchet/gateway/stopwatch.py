"""How long the parts of a request take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from ratchet.gateway.message import Timings

Part = Literal["dns", "connect", "tls", "send", "wait", "receive"]


class Stopwatch:
    """Measures one request."""

    def __init__(self) -> None:
        self._parts: dict[Part, float] = {}

    @contextmanager
    def measure(self, part: Part) -> Iterator[None]:
        """Count the time of a block to a part."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._parts[part] = self._parts.get(part, 0.0) + (time.perf_counter() - begun) * 1000

    def timings(self, total: float) -> Timings:
        """Return what was measured, in milliseconds."""
        get = self._parts.get
        return Timings(
            get("dns"), get("connect"), get("tls"), get("send", 0.0), get("wait", 0.0), get("receive", 0.0), total
        )
