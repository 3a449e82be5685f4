"""The host of a URL, read as browsers read it.

Implements the host parser of the WHATWG URL Standard, section 3.5, for `http` and `https`. One difference: names with
characters that IDNA 2008 does not allow, such as emoji, are refused.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote_to_bytes

_FORBIDDEN = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f]")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_MOST_CHARACTERS = 253


class InvalidHost(ValueError):
    """Text that names no host; the message is a clause that follows the host."""


def parse_host(text: str) -> str:
    """Return the host in its one canonical spelling: a name in ASCII, an IPv4 address, or an IPv6 address.

    Args:
        text: What stands in the URL; an IPv6 address in brackets, which the canonical spelling has not.
    """
    if text.startswith("["):
        return _parse_ipv6(text)
    name = _ascii_name(_percent_decoded(text))
    if not name or not name.strip("."):
        raise InvalidHost("is empty")
    if _FORBIDDEN.search(name):
        raise InvalidHost("holds a character that no host may have")
    if _ends_in_number(name):
        return _parse_ipv4(name)
    if len(name) > _MOST_CHARACTERS + 1 or any(len(label) > 63 for label in name.split(".")):
        raise InvalidHost("is longer than a name can be")
    if ".." in name or name.startswith("."):
        raise InvalidHost("has an empty part")
    return name


def _percent_decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        raise InvalidHost("is not UTF-8") from None


def _ascii_name(name: str) -> str:
    lower = name.lower()
    if name.isascii() and "xn--" not in lower:
        return lower
    # It is large, and few hosts need it.
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise InvalidHost("is no internationalised name") from None


def _ends_in_number(name: str) -> bool:
    labels = name.split(".")
    if labels[-1] == "" and len(labels) > 1:
        labels.pop()
    return labels[-1].isdigit() or re.fullmatch(r"0[xX][0-9a-fA-F]*", labels[-1]) is not None


def _parse_ipv4(text: str) -> str:
    """Return an IPv4 address from up to four numbers in base 8, 10 or 16, of which the last fills the rest."""
    labels = text.split(".")
    if labels[-1] == "":
        labels.pop()
    if len(labels) > 4:
        raise InvalidHost("is no IPv4 address")
    *first, last = [_parse_number(label) for label in labels]
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        raise InvalidHost("is no IPv4 address")
    return str(IPv4Address(last + sum(number << (24 - 8 * index) for index, number in enumerate(first))))


def _parse_number(label: str) -> int:
    if not _NUMBER.fullmatch(label) or len(label) > 64:
        raise InvalidHost("is no IPv4 address")
    if label[:2] in ("0x", "0X"):
        return int(label[2:] or "0", 16)
    try:
        return int(label, 8 if label[0] == "0" else 10)
    except ValueError:
        raise InvalidHost("is no IPv4 address") from None


def _parse_ipv6(text: str) -> str:
    inner = text[1:-1]
    if not text.endswith("]") or "%" in inner:
        raise InvalidHost("is no IPv6 address")
    try:
        address = IPv6Address(inner)
    except AddressValueError:
        raise InvalidHost("is no IPv6 address") from None
    if address.ipv4_mapped is None:
        return str(address)
    # Python 3.13 writes these with dots, the standard does not.
    return f"::ffff:{int(address) >> 16 & 0xFFFF:x}:{int(address) & 0xFFFF:x}"
