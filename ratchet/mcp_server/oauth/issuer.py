"""Ask an authorization server for the keys with which it signs (RFC 8414, OpenID Connect Discovery 1.0, RFC 7517)."""

from __future__ import annotations

import json
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from ratchet.config.oauth import OAuthSettings, is_safe_url
from ratchet.errors import Unavailable
from ratchet.gateway.addresses import IPAddress, is_public
from ratchet.gateway.failures import GatewayFailure
from ratchet.gateway.message import HttpRequest
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.transport import Transport
from ratchet.gateway.url import parse_url
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

_SECONDS = 5.0
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 100
_OK = 200


class Issuer(NamedTuple):
    """The authorization server that the operator has named.

    Nothing that a token says leads to a request: what is asked stands in the settings, or in what the issuer says.
    """

    settings: OAuthSettings
    http: HttpSettings

    def read_keys(self) -> list[JsonObject]:
        """Return its keys as they are now.

        Raises:
            Unavailable: It does not answer, or not with keys.
        """
        with Transport(self.http) as transport:
            url = self.settings.jwks_url or self._find_keys(transport)
            keys = self._get(transport, url).get("keys")
        if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
            raise Unavailable(f"`{printable(url, 500)}` gives no set of keys (JWKS)", hint=_HINT)
        return [key for key in keys if isinstance(key, dict)]

    def _find_keys(self, transport: Transport) -> str:
        """Return where its metadata says that the keys are."""
        problem = Unavailable("")
        for url in metadata_urls(self.settings.issuer):
            try:
                metadata = self._get(transport, url)
            except Unavailable as error:
                problem = error
                continue
            # Another server could pass for it otherwise (RFC 8414, section 3.3).
            if metadata.get("issuer") != self.settings.issuer:
                raise Unavailable(f"`{url}` is not about the issuer `{self.settings.issuer}`", hint=_HINT)
            found = metadata.get("jwks_uri")
            if not isinstance(found, str) or not is_safe_url(found, query=True):
                raise Unavailable(f"`{url}` has no usable `jwks_uri`", hint="Name it as `mcp.oauth.jwks_url`")
            return found
        raise problem

    def _get(self, transport: Transport, url: str) -> JsonObject:
        try:
            response = transport.send(
                HttpRequest("GET", url, (("Accept", "application/json"),)),
                allow_address=self._allows,
                deadline=time.monotonic() + _SECONDS,
                redirect="error",
                max_body_bytes=_MOST_BYTES,
            )
        except GatewayFailure as failure:
            raise Unavailable(failure.message, hint=failure.hint) from None
        if response.status != _OK:
            raise Unavailable(f"`{printable(url, 500)}` answers {response.status}", hint=_HINT)
        value = _parse(response.body)
        if not isinstance(value, dict):
            raise Unavailable(f"`{printable(url, 500)}` gives no JSON object", hint=_HINT)
        return value

    def _allows(self, address: IPAddress, host: str, port: int) -> bool:
        """Let the operator's choice be on a private network; what the issuer names elsewhere must be public."""
        chosen = [parse_url(url) for url in (self.settings.issuer, self.settings.jwks_url) if url is not None]
        return is_public(address) or (host, port) in [(url.host, url.port) for url in chosen]


_HINT = "Check `mcp.oauth.issuer` and `mcp.oauth.jwks_url`"


def metadata_urls(issuer: str) -> list[str]:
    """Return where the metadata of an issuer may be, in the order in which to ask (MCP 2025-11-25, authorization)."""
    parts = urlsplit(issuer)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    found = [f"{origin}/.well-known/{name}{path}" for name in ("oauth-authorization-server", "openid-configuration")]
    return [*found, f"{origin}{path}/.well-known/openid-configuration"] if path else found


def _parse(body: bytes) -> Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
