"""Check access tokens that are JWTs (RFC 9068), and remember those that were right."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import anyio
import anyio.to_thread

from ratchet.config.oauth import OAuthSettings
from ratchet.errors import Unavailable
from ratchet.mcp_server.credentials import Denied
from ratchet.mcp_server.oauth.keys import ALGORITHMS, Keys
from ratchet.mcp_server.oauth.resource_metadata import metadata_url
from ratchet.mcp_server.principal import Principal
from ratchet.mcp_server.scopes import parse_scopes
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from jwt import PyJWK

_LEEWAY_SECONDS = 30
_MOST_BYTES = 16 * 1024
_MOST_KNOWN = 2000
_KNOWN_SECONDS = 60.0
"""How long a token is not looked at again: the key that signed it may be withdrawn."""
_MOST_AT_A_TIME = 8
_TYPES = (None, "jwt", "at+jwt", "application/at+jwt")
"""Many issuers write no more than `JWT`; other kinds of tokens say what they are."""


class _Known(NamedTuple):
    principal: Principal
    until: float


class AccessTokens:
    """Credentials of OAuth: tokens of one issuer, for this server."""

    def __init__(self, settings: OAuthSettings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._threads: anyio.CapacityLimiter | None = None
        self.scopes = settings.scopes
        self.challenge = f'Bearer realm="ratchet", resource_metadata="{metadata_url(settings.resource)}"'
        self.wanted = f"Show an access token of `{settings.issuer}`: `Authorization: Bearer TOKEN`"

    async def admit(self, token: str) -> Principal:
        """Return the user for whom a token was issued, if it is one for this server.

        Raises:
            Denied: It is none, or it cannot be checked at this moment.
        """
        # What is not this long is not even hashed.
        if not token or len(token) > _MOST_BYTES or not token.isascii():
            raise _invalid("is no access token")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None and time.time() < known.until:
            self._known.move_to_end(digest)
            return known.principal
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(_MOST_AT_A_TIME)
        known = await anyio.to_thread.run_sync(self._check, token, limiter=self._threads)
        self._known[digest] = known
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return known.principal

    def _check(self, token: str) -> _Known:
        claims = self._read(token)
        scopes = scopes_in(claims)
        missing = [scope for scope in self.scopes if scope not in scopes]
        if missing:
            raise Denied(403, f"The access token lacks the scope `{missing[0]}`", error="insufficient_scope")
        client = claims.get("client_id", claims.get("azp"))
        principal = Principal(
            self._settings.issuer, claims["sub"], client if isinstance(client, str) else "", parse_scopes(scopes)
        )
        return _Known(principal, min(time.time() + _KNOWN_SECONDS, claims["exp"] + _LEEWAY_SECONDS))

    def _read(self, token: str) -> JsonObject:
        """Return the claims of a token whose signature and claims are right."""
        import jwt

        try:
            claims: JsonObject = jwt.decode(
                token,
                self._key_of(jwt.get_unverified_header(token)),
                algorithms=list(ALGORITHMS),
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise _invalid(_REASONS.get(type(error).__name__, "is not valid")) from None
        except RecursionError:
            # Older versions of the library let it through for a header that is nested without an end.
            raise _invalid("is not valid") from None
        except Unavailable as error:
            raise Denied(503, f"Access tokens cannot be checked: {error.message}") from None
        if "cnf" in claims:
            raise _invalid("is bound to a key of its client, which cannot be checked here")
        return claims

    def _key_of(self, header: JsonObject) -> PyJWK:
        """Return the key that a token says it was signed with; where the key is from, a token has no say in."""
        algorithm, identity, kind = header.get("alg"), header.get("kid"), header.get("typ")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise _invalid("is not signed by a key pair")
        if "crit" in header:
            raise _invalid("is not valid")
        if (kind.lower() if isinstance(kind, str) else kind) not in _TYPES:
            raise _invalid("is a token of another kind")
        key = self._keys.find(identity if isinstance(identity, str) else None, algorithm)
        if key is None:
            raise _invalid("is signed by no key that its issuer has now")
        return key


_REASONS = {
    "ExpiredSignatureError": "has expired",
    "ImmatureSignatureError": "is not valid yet",
    "InvalidAudienceError": "is for another server (`aud`)",
    "InvalidIssuerError": "is of another issuer (`iss`)",
    "InvalidSignatureError": "has a wrong signature",
    "MissingRequiredClaimError": "lacks one of `exp`, `iss`, `aud` and `sub`",
}


def scopes_in(claims: JsonObject) -> list[str]:
    """Return the scopes of a token: `scope` (RFC 9068, section 2.2.3), or `scp` as some issuers have it."""
    given: Json = claims.get("scope", claims.get("scp", ""))
    words = given.split(" ") if isinstance(given, str) else given if isinstance(given, list) else []
    return [word for word in words if isinstance(word, str) and word]


def _invalid(what: str) -> Denied:
    return Denied(401, f"The access token {what}", error="invalid_token")
