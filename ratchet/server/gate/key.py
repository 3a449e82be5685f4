"""The API key as a bearer token (RFC 6750), without which only the pages about the server are shown."""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.requests import HTTPConnection

from ratchet.errors import Unauthenticated

OPEN = frozenset({"/health", "/ready", "/docs", "/openapi.json"})
"""What says nothing about tasks or executions."""


class KeyCheck:
    """Refuses who does not show the key.

    Args:
        is_key: Tells whether a text is one.
        unlocked: Paths at which somebody else checks who asks.
    """

    def __init__(self, is_key: Callable[[str], bool], unlocked: Collection[str] = ()) -> None:
        self._is_key = is_key
        self._open = OPEN | {*unlocked}

    def __call__(self, connection: HTTPConnection) -> None:
        """Refuse a request without the key."""
        # As it is routed: the path of a URL that is put together begins in the header `Host`.
        if connection.scope["path"] in self._open:
            return
        given = connection.headers.getlist("authorization")
        scheme, _, shown = (given[0] if len(given) == 1 else "").partition(" ")
        if scheme.lower() != "bearer" or not self._is_key(shown.strip()):
            said = "That is not the key of this server" if given else "This needs the key of the server"
            raise Unauthenticated(said, hint="Send `Authorization: Bearer KEY`; `ratchet serve` printed the key once")
