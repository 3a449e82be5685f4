"""The settings of the server: what may stand together, and the plain value that comes of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.config.declaration import SectionFault
from ratchet.task.text import printable
from ratchet.values import Json

_HOST_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._\[\]:-]+")
_SHORTEST_KEY = 32


class ServerSettings(NamedTuple):
    """How the server is reached, and by whom.

    Args:
        tasks: A folder of tasks to offer and to write to.
        api_key: A reference to the key, or the key itself; None where one is made.
        tls_certificate, tls_key: Both, or neither.
    """

    bind_address: str = "127.0.0.1"
    port: int = 8080
    tasks: str | None = None
    require_key: bool = True
    api_key: str | None = None
    hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    requests_per_minute: int = 6000
    burst_size: int = 500
    max_body_bytes: int = 8 * 1024 * 1024
    shutdown_seconds: float = 20
    tls_certificate: str | None = None
    tls_key: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether others than this machine reach the address."""
        return not is_loopback(self.bind_address)


def server_settings(values: Mapping[str, Json]) -> ServerSettings:
    """Return the settings of the server from those of the whole configuration, by their keys."""
    return ServerSettings(
        bind_address=values["server.bind_address"],
        port=values["server.port"],
        tasks=values["server.tasks"],
        require_key=values["server.require_key"],
        api_key=values["server.api_key"],
        hosts=tuple(values["server.hosts"]),
        cors_origins=tuple(values["server.cors.origins"]),
        requests_per_minute=values["server.rate_limit.requests_per_minute"],
        burst_size=values["server.rate_limit.burst_size"],
        max_body_bytes=values["server.max_body_bytes"],
        shutdown_seconds=values["server.shutdown_seconds"],
        tls_certificate=values["server.tls.certificate"],
        tls_key=values["server.tls.key"],
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine and nobody else can reach it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def check_server(values: Mapping[str, Json]) -> SectionFault | None:
    """Return the key to blame and a sentence for values that cannot be."""
    for name, pattern, example in (("hosts", _HOST_NAME, "ratchet.example.com"), ("cors.origins", _ORIGIN, "")):
        for index, text in enumerate(values[name]):
            if not pattern.fullmatch(text):
                what = f"a host name, such as `{example}`" if example else "an origin, such as `https://example.com`"
                return name, f"is `{printable(text)}`, not {what}", index
    key = values["api_key"]
    if key is not None and not key.startswith(("env:", "file:")) and len(key) < _SHORTEST_KEY:
        return "api_key", f"holds fewer than {_SHORTEST_KEY} characters, which can be guessed"
    if not values["require_key"] and not is_loopback(values["bind_address"]):
        return "require_key", f"is false, and `{printable(values['bind_address'])}` can be reached from elsewhere"
    return None
