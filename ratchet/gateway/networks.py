"""Which addresses a policy lets connections go to."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from ratchet.gateway.addresses import IPAddress, carried, is_public
from ratchet.gateway.host_patterns import HostPattern, parse_pattern
from ratchet.gateway.policy import Policy
from ratchet.gateway.resolve import AllowAddress, is_local, literal_address

Network = IPv4Network | IPv6Network | HostPattern


@lru_cache(1024)
def parse_network(text: str) -> Network:
    """Return the addresses or the host that an entry of the private networks means.

    Raises:
        ValueError: It means none; the message is a clause that follows the text.
    """
    try:
        return ip_network(text)
    except ValueError as error:
        if "/" in text:
            clause = "has bits set beyond its mask" if "host bits" in str(error) else "is no network"
            raise ValueError(clause) from None
    pattern = parse_pattern(text)
    if pattern.subdomains:
        raise ValueError("is not a network, an address or one host")
    return pattern


def address_check(policy: Policy) -> AllowAddress:
    """Return the function that tells whether a connection may go to an address."""

    def allows(address: IPAddress, host: str, port: int) -> bool:
        return is_public(address) or any(
            _grants(parse_network(text), address, host, port) for text in policy.private_networks
        )

    return allows


def _grants(network: Network, address: IPAddress, host: str, port: int) -> bool:
    if not isinstance(network, HostPattern):
        return carried(address) in network or address in network
    if network.port not in (None, port):
        return False
    literal = literal_address(network.host)
    return network.matches_host(host) if literal is None else literal in (address, carried(address))


def is_local_pattern(text: str) -> bool:
    """Tell whether a pattern means one host that is an address or `localhost`."""
    pattern = parse_pattern(text)
    return not pattern.subdomains and pattern.scheme is None and is_local(pattern.host)
