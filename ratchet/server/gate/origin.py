"""The name by which the server is asked, and the page that asks: browsers of the same machine must not be misused."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from ratchet.config.server import is_loopback
from ratchet.errors import NotPermitted
from ratchet.task.text import printable

_LONGEST = 200


class HostCheck:
    """Refuses names that are not the server's own: a page whose name is made to lead here sends that one.

    Args:
        names: Host names beside this machine's; addresses need none, for no page has one as its name.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = {name.lower() for name in (*names, socket.gethostname())}

    def __call__(self, connection: HTTPConnection) -> None:
        """Refuse a request that names another host."""
        given = connection.headers.getlist("host")
        name = _host_of(given[0]) if len(given) == 1 else None
        if name is None or not self._is_own(name):
            shown = printable(given[0], _LONGEST) if given else ""
            hint = "Ask by address, or add the name to `server.hosts`"
            raise NotPermitted(f"`{shown}` is no name of this server", hint=hint)

    def _is_own(self, name: str) -> bool:
        return name in self._names or is_loopback(name) or _is_address(name)


class OriginCheck:
    """Refuses what a page of another origin asks.

    Args:
        origins: Origins whose pages may ask all the same.
    """

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = {origin.lower() for origin in origins}

    def __call__(self, connection: HTTPConnection) -> None:
        """Refuse a request of a page that is not the server's own."""
        own = connection.headers.get("host", "").lower()
        for origin in connection.headers.getlist("origin"):
            if origin.lower() not in self._origins and origin.lower().partition("://")[2] != own:
                hint = "Add the origin to `server.cors.origins`"
                raise NotPermitted(f"Pages of `{printable(origin, _LONGEST)}` may not ask this server", hint=hint)


def _host_of(header: str) -> str | None:
    """Return the name in a header that holds a name and a port at most (RFC 9110, 7.2)."""
    try:
        parts = urlsplit(f"//{header}")
        return parts.hostname if parts.netloc == header and "@" not in header else None
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
