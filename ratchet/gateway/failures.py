"""What can go wrong between a request and its answer.

These stay between the gateway and its users, each of which says them in its own words: `fetch` throws them in the
task, a source of tasks is unavailable. So they are no part of the error tree.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "timeout",
    "refused",
    "dns",
    "reset",
    "tls",
    "too_large",
    "bad_response",
    "not_permitted",
    "redirect",
    "invalid_url",
    "invalid_request",
    "cancelled",
    "unmatched",
]


class GatewayFailure(Exception):
    """A request that got no answer; raised itself, it is a bug in Ratchet.

    Args:
        message: One sentence for a person that names the host, without a full stop.
        hint: What would make it work, where something would.
    """

    kind: Kind

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TimedOut(GatewayFailure):
    """The deadline passed before the answer was complete."""

    kind = "timeout"


class ConnectFailed(GatewayFailure):
    """No connection to any address of the host."""

    kind = "refused"


class NameNotFound(GatewayFailure):
    """A host name without an address."""

    kind = "dns"


class ConnectionLost(GatewayFailure):
    """The connection ended before the answer did."""

    kind = "reset"


class TlsFailed(GatewayFailure):
    """A handshake that failed, or a certificate that is not trusted for the host."""

    kind = "tls"


class TooLarge(GatewayFailure):
    """An answer with more bytes, once decoded, than may be read."""

    kind = "too_large"


class BadResponse(GatewayFailure):
    """An answer that is not HTTP as it should be."""

    kind = "bad_response"


class HostNotPermitted(GatewayFailure):
    """A host or method that the policy or the task's permissions do not include."""

    kind = "not_permitted"


class SecretRefused(GatewayFailure):
    """A secret that the task may not use, or not there."""

    kind = "not_permitted"


class AddressNotPublic(GatewayFailure):
    """A host with an address that is not public and that nobody has granted.

    Args:
        host: The name as it was asked for.
        address: The first of its addresses that is refused.
    """

    kind = "not_permitted"

    def __init__(self, host: str, address: str, *, hint: str) -> None:
        shown = f"`{host}` is not" if host == address else f"`{host}` has the address `{address}`, which is not"
        super().__init__(f"{shown} a public address", hint=hint)
        self.host = host
        self.address = address


class RedirectRefused(GatewayFailure):
    """A redirect that is not followed: too many, away from https, or not wanted."""

    kind = "redirect"


class InvalidUrl(GatewayFailure):
    """A URL that is not one, or not one that can be fetched."""

    kind = "invalid_url"


class InvalidRequest(GatewayFailure):
    """A method or header that cannot be sent."""

    kind = "invalid_request"


class RecordedFailure(GatewayFailure):
    """A failure that happened when a recording was made."""

    def __init__(self, kind: Kind, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.kind = kind


class RequestCancelled(GatewayFailure):
    """Somebody stopped the request."""

    kind = "cancelled"
