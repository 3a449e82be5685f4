"""Do the arithmetic of `crypto`: random bytes, SHA digests and HMAC (RFC 2104).

The payloads come from the task's side of the worker, so every one is checked as if the task had written it.
Bytes travel as base64.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ratchet.values import Json

RANDOM_BYTES_MAX = 65536
"""The quota of `crypto.getRandomValues` (Web Cryptography, section 10.1.1)."""

_HASHES = {"SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _field(payload: Json, name: str) -> Json:
    if not isinstance(payload, dict) or name not in payload:
        raise ValueError(f"the call needs a field `{name}`")
    return payload[name]


def _read_bytes(payload: Json, name: str) -> bytes:
    text = _field(payload, name)
    if not isinstance(text, str):
        raise ValueError(f"`{name}` must be base64")
    try:
        return a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Base64Error, UnicodeEncodeError):
        raise ValueError(f"`{name}` must be base64") from None


def _read_hash(payload: Json) -> str:
    name = _field(payload, "algorithm")
    if not isinstance(name, str) or name not in _HASHES:
        raise ValueError("`algorithm` must be one of " + ", ".join(_HASHES))
    return _HASHES[name]


def _render_bytes(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _sign(payload: Json) -> bytes:
    return hmac.digest(_read_bytes(payload, "key"), _read_bytes(payload, "data"), _read_hash(payload))


def digest(payload: Json) -> Json:
    """Return the digest of `data` by `algorithm`."""
    # The task asks for SHA-1 by name, for signatures of others that still need it.
    return _render_bytes(hashlib.new(_read_hash(payload), _read_bytes(payload, "data"), usedforsecurity=False).digest())


def sign(payload: Json) -> Json:
    """Return the HMAC of `data` with `key` by `algorithm`."""
    return _render_bytes(_sign(payload))


def verify(payload: Json) -> Json:
    """Return whether `signature` is the HMAC of `data` with `key`, in a time that does not tell how much of it fits."""
    return hmac.compare_digest(_sign(payload), _read_bytes(payload, "signature"))


def random_call(source: Callable[[int], bytes]) -> Callable[[Json], Json]:
    """Return the call `crypto.random`, which takes as many bytes from the source as its payload's `bytes` says."""

    def random_bytes(payload: Json) -> Json:
        count = _field(payload, "bytes")
        if type(count) is not int or not 0 <= count <= RANDOM_BYTES_MAX:
            raise ValueError(f"`bytes` must be a whole number from 0 to {RANDOM_BYTES_MAX}")
        return _render_bytes(source(count))

    return random_bytes


CALLS: dict[str, Callable[[Json], Json]] = {
    "crypto.digest": digest,
    "crypto.hmac": sign,
    "crypto.verify": verify,
}
