"""What the operator lets tasks reach."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, NamedTuple

from ratchet.gateway.addresses import IPAddress, carried, is_public
from ratchet.gateway.host_patterns import HostPattern, parse_pattern
from ratchet.gateway.resolve import AllowAddress, is_local, literal_address

DefaultPolicy = Literal["public", "declared", "none"]


class Policy(NamedTuple):
    """The operator's word on hosts and addresses.

    Args:
        default: `public` is any public address, narrowed by what a task declares; `declared` only what it declares;
            `none` nothing but the allow list.
        allow: Patterns of hosts that every task may reach, whatever it declares.
        deny: Patterns of hosts that no task may reach, whatever allows them.
        private_networks: What may be reached though it is not public: `10.0.0.0/8`, an address, a host; the last two
            with a port or without.
        offline: Nothing may be reached.
    """

    default: DefaultPolicy = "public"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    private_networks: tuple[str, ...] = ()
    offline: bool = False

    def allowing(self, hosts: tuple[str, ...]) -> Policy:
        """Return the policy with hosts that somebody has allowed by hand.

        A host that is an address or `localhost` is granted as a private network too, as there is no doubt about where
        it leads; a name is not, as whoever answers for it says where it leads.
        """
        local = tuple(host for host in hosts if _is_local_pattern(parse_pattern(host)))
        return self._replace(allow=self.allow + hosts, private_networks=self.private_networks + local)


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


def _is_local_pattern(pattern: HostPattern) -> bool:
    return not pattern.subdomains and pattern.scheme is None and is_local(pattern.host)
