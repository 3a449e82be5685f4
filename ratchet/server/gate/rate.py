"""How many requests one client may make: a bucket of tokens each, filled at an even pace."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import HTTPConnection

from ratchet.errors import TooManyRequests
from ratchet.server.gate.gate import Refusal

_MOST_CLIENTS = 10_000


class RateCheck:
    """Refuses what is above the rate, and says when to come again (RFC 9110, 10.2.3).

    Args:
        per_minute: At what pace a bucket fills.
        burst: What it holds.
        now: The clock.
    """

    def __init__(self, per_minute: int, burst: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __call__(self, connection: HTTPConnection) -> None:
        """Take a token out of the client's bucket."""
        client = _network_of(connection.client.host) if connection.client else ""
        now = self._now()
        tokens, before = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - before) * self._per_second)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST_CLIENTS:
            # Who was away longest has the fullest bucket, and loses least.
            self._buckets.popitem(last=False)
        if not allowed:
            seconds = math.ceil((1 - tokens) / self._per_second)
            error = TooManyRequests("Too many requests", hint=f"Come again in {seconds} s")
            raise Refusal(error, {"Retry-After": str(seconds)})


def _network_of(host: str) -> str:
    """Return what one client has to itself: an address, or of IPv6 the 64 bits that a site is given (RFC 6177)."""
    if ":" not in host:
        return host
    address = ipaddress.IPv6Address(host)
    return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))
