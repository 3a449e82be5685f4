"""Patterns for what a request goes to: `host`, `host:port`, `*.host`, `https://host/path`."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from ratchet.gateway.host import InvalidHost, parse_host
from ratchet.gateway.url import DEFAULT_PORTS, Url

_FORM = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<any>\*\.)?(?P<host>\[[^\]]*\]|[^:/?#\[\]@\\\s*]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^\s?#]*)?"
)


class HostPattern(NamedTuple):
    """What a URL must have in common with a pattern.

    Args:
        scheme: None for any.
        host: Canonical, as that of a Url.
        subdomains: Whether it stands for the names below the host, at any depth, and not for the host itself.
        port: None for any.
        path: The folder or file that the path must be or lie under; empty for any.
    """

    scheme: str | None
    host: str
    subdomains: bool
    port: int | None
    path: str

    def matches(self, url: Url) -> bool:
        """Tell whether a URL is one that the pattern means, however the server reads its path."""
        return self._matches_origin(url) and all(_lies_under(reading, self.path) for reading in _readings(url.path))

    def may_match(self, url: Url) -> bool:
        """Tell whether a URL can be one that the pattern means, which is what counts where that is forbidden."""
        return self._matches_origin(url) and any(_lies_under(reading, self.path) for reading in _readings(url.path))

    def matches_host(self, host: str) -> bool:
        """Tell whether a canonical host is the one of the pattern or, for `*.`, below it."""
        name = host.rstrip(".")
        return name.endswith("." + self.host) if self.subdomains else name == self.host

    def _matches_origin(self, url: Url) -> bool:
        return self.scheme in (None, url.scheme) and self.port in (None, url.port) and self.matches_host(url.host)


@lru_cache(1024)
def parse_pattern(text: str) -> HostPattern:
    """Return the pattern that a text means.

    Raises:
        ValueError: It means none; the message is a clause that follows the text.
    """
    match = _FORM.fullmatch(text)
    scheme = match["scheme"] if match else None
    if match is None or (match["path"] and scheme is None):
        raise ValueError("is not `host`, `host:port`, `*.host` or `https://host/path`")
    try:
        host = parse_host(match["host"]).rstrip(".")
    except InvalidHost as error:
        raise ValueError(str(error)) from None
    port = int(match["port"]) if match["port"] else DEFAULT_PORTS.get(scheme or "")
    path = (match["path"] or "").removesuffix("…").removesuffix("*")
    return HostPattern(scheme, host, bool(match["any"]), port, path.rstrip("/"))


def _readings(path: str) -> tuple[str, str]:
    """Return a path as it is, and as a server sees it that decodes `%2f` and follows the dots behind it."""
    decoded = posixpath.normpath(unquote(path).replace("\\", "/"))
    return path, "/" + decoded.lstrip("/")


def _lies_under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")
