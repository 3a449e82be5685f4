"""Where the server listens over HTTP, and the names by which it may be reached there."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Sequence

from ratchet.errors import Refused, Unavailable
from ratchet.task.text import printable

_LOCALHOST = "localhost"


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Return a listening socket for each address of a host, all on one port.

    Raises:
        Refused: There is no such host.
        Unavailable: The port is taken, or the address is not one of this machine.
    """
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses_of(host):
            opened.append(_open(family, address, opened[0].getsockname()[1] if opened else port))
    except OSError as error:
        for each in opened:
            each.close()
        # The library puts the address into its own words.
        reason = os.strerror(error.errno) if error.errno else str(error)
        message = f"`{printable(host)}`, port {port}, cannot be listened on: {reason}"
        raise Unavailable(message, hint="Name another port with `--port`; 0 is any free one") from None
    return opened


def _open(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listening = socket.create_server((address, port), family=family, backlog=128)
    # Connections inherit it: head and body are sent apart, and the second must not wait for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine and can be reached from it alone.

    Raises:
        Refused: There is no such host.
    """
    return all(_ip(address).is_loopback for _, address in _addresses_of(host))


def names_of(host: str, more: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether a server that listens there may be reached by a name.

    Args:
        more: Names that the operator adds, such as that of a proxy.
    """
    addresses = [_ip(address) for _, address in _addresses_of(host)]
    anywhere = any(address.is_unspecified for address in addresses)
    names = {_LOCALHOST, host.lower(), *(name.lower() for name in more)} | ({_own_name()} if anywhere else set())

    def is_own(name: str) -> bool:
        if name.lower() in names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # No page can have its browser take an address for the page's own name.
        return anywhere or address.is_loopback or address in addresses

    return is_own


def url_host(host: str) -> str:
    """Return a host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def _own_name() -> str:
    return socket.gethostname().lower()


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address.partition("%")[0])


def _addresses_of(host: str) -> list[tuple[socket.AddressFamily, str]]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise Refused(f"There is no host `{printable(host)}`", hint="Name an address of this machine") from None
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))
