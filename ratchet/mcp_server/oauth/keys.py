"""The keys of an issuer: kept while they are fresh, and asked for again when a token names one that is new."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ratchet.errors import Unavailable
from ratchet.values import JsonObject

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", ())),
    "ES256": ("EC", ("P-256",)),
    "ES384": ("EC", ("P-384",)),
    "ES512": ("EC", ("P-521",)),
    "EdDSA": ("OKP", ("Ed25519",)),
}
"""The kind and the curves of the keys of each; none is symmetric, for everybody knows the public keys."""

_FRESH_SECONDS = 600.0
_USABLE_SECONDS = 3600.0
"""How long keys are used that cannot be asked for again: a key that was withdrawn must come to its end."""
_PAUSE_SECONDS = 15.0
_SHORTEST_RSA_BITS = 2048


class Keys:
    """Finds keys, from any number of threads, and asks for them no more often than it takes.

    Args:
        read: Returns the keys as they are now, as JWKs (RFC 7517); raises Unavailable.
        now: A clock.
    """

    def __init__(self, read: Callable[[], list[JsonObject]], now: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._now = now
        self._lock = threading.Lock()
        self._keys: Sequence[JsonObject] = ()
        self._read_at: float | None = None
        self._pause_ends = -1.0
        self._failure = Unavailable("")

    def find(self, identity: str | None, algorithm: str) -> PyJWK | None:
        """Return the key of an id that is for an algorithm; without an id, the only one there is.

        Raises:
            Unavailable: There are no keys, as the issuer does not answer.
        """
        found = self._choose(identity, algorithm)
        if not found or self._age() > _FRESH_SECONDS:
            found = self._find_anew(identity, algorithm)
        return _usable(found[0], algorithm) if len(found) == 1 else None

    def _find_anew(self, identity: str | None, algorithm: str) -> list[JsonObject]:
        with self._lock:
            asked = self._age() > _FRESH_SECONDS and self._ask()
            if self._age() > _USABLE_SECONDS:
                raise self._failure
            found = self._choose(identity, algorithm)
            if not found and not asked and self._ask():
                found = self._choose(identity, algorithm)
                # A key that nobody has can be named at any time.
                self._pause_ends = self._pause_ends if found else self._now() + _PAUSE_SECONDS
            return found

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self._now() - self._read_at

    def _ask(self) -> bool:
        """Read the keys again, but for a pause after what was of no use; tell whether they were read."""
        if self._now() < self._pause_ends:
            return False
        try:
            self._keys = self._read()
        except Unavailable as error:
            self._failure, self._pause_ends = error, self._now() + _PAUSE_SECONDS
            return False
        self._read_at = self._now()
        return True

    def _choose(self, identity: str | None, algorithm: str) -> list[JsonObject]:
        fitting = [key for key in self._keys if _is_for(key, algorithm)]
        return fitting if identity is None else [key for key in fitting if key.get("kid") == identity][:1]


def _is_for(key: JsonObject, algorithm: str) -> bool:
    kind, curves = ALGORITHMS[algorithm]
    return (
        key.get("kty") == kind
        and (not curves or key.get("crv") in curves)
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, algorithm)
    )


def _usable(key: JsonObject, algorithm: str) -> PyJWK | None:
    """Return a key ready for use; None for one that is broken, or too short to be trusted."""
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    try:
        made = PyJWK(key, algorithm)
    except (PyJWTError, TypeError, ValueError):
        return None
    is_short = key["kty"] == "RSA" and made.key.key_size < _SHORTEST_RSA_BITS
    return None if is_short else made
