"""The API key: made once, shown once, kept as its digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence

PREFIX = "ratchet_"
"""By which people, and programs that look for leaked keys, know one."""
_BYTES = 32


def new_key() -> str:
    """Return a key that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest_of(key: str) -> str:
    """Return what is kept of a key. It is no password, which would need more than one digest: it cannot be guessed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def is_one_of(digests: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether a text is one of the keys, in a time that says nothing about them."""

    def is_key(text: str) -> bool:
        shown = digest_of(text)
        return sum(hmac.compare_digest(shown, digest) for digest in digests) > 0

    return is_key
