"""More connections than the server keeps: what comes on those is told to come again."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from ratchet.errors import Unavailable
from ratchet.server.gate.gate import Refusal

CROWDED = "ratchet.crowded"
"""The key of a scope whose connection is one too many."""

_HEADERS = {"Retry-After": "1", "Connection": "close"}


def refuse_crowd(connection: HTTPConnection) -> None:
    """Refuse a request that has come on one connection too many, which is closed."""
    if connection.scope.get(CROWDED):
        error = Unavailable("The server has too many connections", hint="Come again in a moment")
        raise Refusal(error, _HEADERS)
