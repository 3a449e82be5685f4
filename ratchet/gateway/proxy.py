"""The operator's proxy, through which every request goes.

Behind a proxy, names are the proxy's to resolve: only a host that is an address, or `localhost`, can be checked here.
"""

from __future__ import annotations

import base64
import http.client
import re
import socket
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote

from ratchet.gateway.failures import ConnectFailed
from ratchet.gateway.resolve import AllowAddress, check_address, literal_address
from ratchet.gateway.url import Url, parse_url

_LOOPBACK = ip_address("127.0.0.1")


class Proxy(NamedTuple):
    """Where the proxy is, and what it is told.

    Args:
        authorization: The value of `Proxy-Authorization`; None without credentials.
    """

    url: Url
    authorization: str | None


def parse_proxy(text: str) -> Proxy:
    """Return the proxy that a URL means, which may hold a user name and a password."""
    scheme, separator, rest = text.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    credentials, at, _ = authority.rpartition("@")
    url = parse_url(scheme + separator + rest[len(credentials + at) :])
    if not at:
        return Proxy(url, None)
    encoded = base64.b64encode(unquote(credentials).encode("utf-8")).decode("ascii")
    return Proxy(url, f"Basic {encoded}")


def check_host_behind_proxy(url: Url, allow_address: AllowAddress) -> None:
    """Raise the refusal of a host that is known without a resolver not to be public."""
    name = url.host.rstrip(".")
    literal = literal_address(url.host)
    if literal is None and (name == "localhost" or name.endswith(".localhost")):
        literal = _LOOPBACK
    if literal is not None:
        check_address(literal, url.host, url.port, allow_address)


def open_tunnel(sock: socket.socket, url: Url, proxy: Proxy) -> None:
    """Ask the proxy for a connection to the host of a URL (RFC 9110, section 9.3.6)."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    lines = [f"CONNECT {host}:{url.port} HTTP/1.1", f"Host: {host}:{url.port}"]
    if proxy.authorization is not None:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    # What follows the answer is TLS, in which the host does not speak first: nothing of it is read with the answer.
    answer = http.client.HTTPResponse(sock, method="CONNECT")
    try:
        answer.begin()
        status = answer.status
    finally:
        answer.close()
    if not 200 <= status < 300:
        raise ConnectFailed(f"The proxy `{proxy.url.host}` refused a connection to `{url.host}` with status {status}")
