"""A request and its answer, as values."""

from __future__ import annotations

from typing import NamedTuple

Headers = tuple[tuple[str, str], ...]


class HttpRequest(NamedTuple):
    """What is asked for.

    Args:
        body: None sends none.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes | None = None


class Timings(NamedTuple):
    """Milliseconds of the last request of a chain of redirects, by what they went to.

    Args:
        dns, connect, tls: None over a connection that was open already, and for what did not happen.
        total: From the first request of the chain.
    """

    dns: float | None
    connect: float | None
    tls: float | None
    send: float
    wait: float
    receive: float
    total: float


class HttpResponse(NamedTuple):
    """What came back, complete.

    Args:
        headers: As they were sent, repeated ones included, in latin-1.
        body: Decoded from its `Content-Encoding`, of which the headers still tell.
        url: Where it came from in the end, without a fragment.
        wire_bytes: The size of the body before it was decoded.
        address: What the connection went to; None for a name behind a proxy.
        notes: A sentence for each header of the request that was not sent.
    """

    status: int
    reason: str
    headers: Headers
    body: bytes
    url: str
    redirected: bool
    timings: Timings
    wire_bytes: int
    http_version: str = "HTTP/1.1"
    address: str | None = None
    notes: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """Return the values of a header, joined by commas; None where there is none."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None
