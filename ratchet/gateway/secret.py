"""A secret as the operator binds it: where its value comes from, and what it may be used for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ratchet.errors import RatchetError
from ratchet.gateway.failures import SecretRefused

if TYPE_CHECKING:
    from ratchet.gateway.url import Url

ReadValue = Callable[[], str]
"""Returns the value of a secret; raises a RatchetError where it cannot be had."""

SHORTEST = 8
"""Characters of a value. A shorter one could not be told from other text that comes back."""


class Secret(NamedTuple):
    """What the operator says about a secret.

    Args:
        hosts: Patterns of the hosts that its value may be sent to.
        may_sign: Whether tasks may have signatures made with it.
    """

    name: str
    read: ReadValue
    hosts: tuple[str, ...] = ()
    may_sign: bool = False


def read_value(secret: Secret) -> str:
    """Return the value of a secret.

    Raises:
        SecretRefused: It cannot be had, or is too short.
    """
    try:
        value = secret.read()
    except RatchetError as error:
        reason = error.message[0].lower() + error.message[1:]
        raise SecretRefused(f"The secret `{secret.name}` cannot be had: {reason}", hint=error.hint) from None
    if len(value) < SHORTEST:
        raise SecretRefused(
            f"The secret `{secret.name}` has fewer than {SHORTEST} characters, too few to be told from other text"
        )
    return value


def may_go(text: str, url: Url) -> bool:
    """Tell whether a pattern of hosts lets a value go to a URL.

    It goes over TLS, unless the pattern says `http` or the host is this machine.
    """
    from ratchet.gateway.host_patterns import parse_pattern

    try:
        pattern = parse_pattern(text)
    except ValueError:
        # A host that a task declares is checked for its form alone.
        return False
    is_kept = url.scheme == "https" or pattern.scheme == "http" or _is_loopback(url.host)
    return is_kept and pattern.matches(url)


def _is_loopback(host: str) -> bool:
    from ratchet.gateway.addresses import parse_address

    try:
        return parse_address(host).is_loopback
    except ValueError:
        return host == "localhost"
