"""Which addresses are public.

Only what is listed as global unicast and not taken out of it counts as public. The tables are written out because
those of the standard library change with the version of Python and let through multicast, addresses that carry
another one inside, and the metadata services of clouds.
Source: IANA's special-purpose address registries for IPv4 and IPv6.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address

_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # Carriers; also the metadata service of Alibaba Cloud, 100.100.100.200.
            "127.0.0.0/8",
            "168.63.129.16/32",  # The platform service of Azure, in the midst of public addresses.
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",  # Protocol assignments; also the metadata service of Oracle Cloud, 192.0.0.192.
            "192.0.2.0/24",
            "192.88.99.0/24",  # The relays of 6to4.
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # Protocol assignments, Teredo and ORCHID among them.
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address inside.
            "3fff::/20",
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOW_32 = 0xFFFFFFFF


def parse_address(text: str) -> IPAddress:
    """Return the address that a resolver or a socket names, without the zone of a link-local one."""
    return ip_address(text.partition("%")[0])


def carried(address: IPAddress) -> IPAddress:
    """Return the IPv4 address that one reaches by an IPv4-mapped or NAT64 address, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        # On a network without IPv4, a resolver makes one of these of every public IPv4 address (RFC 6147).
        return IPv4Address(int(address) & _LOW_32)
    return address.ipv4_mapped or address


def is_public(address: IPAddress) -> bool:
    """Tell whether an address is one that anybody on the internet can be reached at."""
    reached = carried(address)
    if isinstance(reached, IPv4Address):
        return not any(reached in network for network in _NOT_PUBLIC_4)
    return (
        reached in _GLOBAL_UNICAST
        and not any(reached in network for network in _NOT_PUBLIC_6)
        and (int(reached) >> 32) & _LOW_32 not in _ISATAP
    )
