"""From a host name to its addresses, all of them checked, within a deadline."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address

from ratchet.gateway.addresses import IPAddress, parse_address
from ratchet.gateway.deadline import Deadline
from ratchet.gateway.failures import AddressNotPublic, ConnectFailed, NameNotFound

Resolve = Callable[[str, int], Sequence[str]]
"""Return the addresses of a name, for a port; raises OSError where there is none."""
AllowAddress = Callable[[IPAddress, str, int], bool]
"""Tell whether a connection may go to an address of a host, at a port."""

_MOST_LOOKUPS = 32


def resolve_by_system(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def literal_address(host: str) -> IPAddress | None:
    """Return the address that a canonical host is; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def check_address(address: IPAddress, host: str, port: int, allow_address: AllowAddress) -> None:
    """Raise the refusal of an address that may not be connected to."""
    if not allow_address(address, host, port):
        hint = f"`permissions.private_networks: [{address}]` in the configuration grants it"
        if is_local(host):
            name = f"[{host}]" if ":" in host else host
            hint = f"`--allow-host {name}:{port}` allows it once, {hint}"
        raise AddressNotPublic(host, str(address), hint=hint)


def is_local(host: str) -> bool:
    """Tell whether a host says by itself where it is: an address, or this machine."""
    return host == "localhost" or literal_address(host) is not None


class Resolver:
    """Looks names up in threads of their own, as a lookup cannot be stopped: one that hangs is left behind.

    Args:
        resolve: Who knows the addresses.
    """

    def __init__(self, resolve: Resolve = resolve_by_system) -> None:
        self._resolve = resolve
        self._free = threading.BoundedSemaphore(_MOST_LOOKUPS)

    def addresses_of(self, host: str, port: int, allow_address: AllowAddress, deadline: Deadline) -> list[IPAddress]:
        """Return the addresses of a host, of which every single one may be connected to.

        Raises:
            AddressNotPublic: One of them may not.
            NameNotFound: There is none.
        """
        literal = literal_address(host)
        found = [literal] if literal is not None else self._look_up(host, port, deadline)
        for address in found:
            check_address(address, host, port, allow_address)
        return list(dict.fromkeys(found))

    def _look_up(self, host: str, port: int, deadline: Deadline) -> list[IPAddress]:
        if not self._free.acquire(timeout=deadline.remaining):
            raise ConnectFailed(f"Too many names are being looked up to find `{host}`")
        answer: list[Sequence[str] | None] = []
        deadline.awake.clear()

        def look_up() -> None:
            try:
                answer.append(self._resolve(host, port))
            except (OSError, UnicodeError):
                answer.append(None)
            finally:
                self._free.release()
                deadline.awake.set()

        threading.Thread(target=look_up, name="ratchet-lookup", daemon=True).start()
        deadline.check()
        deadline.awake.wait(deadline.remaining)
        deadline.check()
        if not answer or not answer[0]:
            raise NameNotFound(f"The host `{host}` has no address")
        return [parse_address(text) for text in answer[0]]
