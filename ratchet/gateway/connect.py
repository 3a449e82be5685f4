"""A connection to the very address that was checked."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from ratchet.gateway.addresses import IPAddress, parse_address
from ratchet.gateway.deadline import Deadline
from ratchet.gateway.failures import ConnectFailed, GatewayFailure


def connect(
    addresses: Sequence[IPAddress], port: int, host: str, deadline: Deadline
) -> tuple[socket.socket, IPAddress]:
    """Return a connected socket and its address: the first of them that answers."""
    reasons: list[str] = []
    for index, address in enumerate(addresses):
        try:
            return _connect_to(address, port, host, deadline, share=len(addresses) - index), address
        except OSError as error:
            # Without the deadline's own failure, the next address may do better.
            deadline.check()
            reasons.append(error.strerror or str(error))
    raise ConnectFailed(f"No connection to `{host}` at port {port}: {', '.join(dict.fromkeys(reasons))}")


def _connect_to(address: IPAddress, port: int, host: str, deadline: Deadline, *, share: int) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        deadline.hold(sock)
        # One address that swallows packets may not use up the time of those after it.
        sock.settimeout(deadline.remaining / share)
        sock.connect((str(address), port))
        _check_peer(sock, address, port, host)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(deadline.remaining)
        deadline.check()
    except (OSError, GatewayFailure):
        deadline.release()
        sock.close()
        raise
    return sock


def _check_peer(sock: socket.socket, address: IPAddress, port: int, host: str) -> None:
    """Make sure that the connection went where it was sent."""
    peer_address, peer_port = sock.getpeername()[:2]
    if (parse_address(peer_address), peer_port) != (address, port):
        raise ConnectFailed(f"The connection to `{host}` went to `{peer_address}` in place of `{address}`")
