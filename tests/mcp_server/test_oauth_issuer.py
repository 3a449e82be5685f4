"""Asking an authorization server for its keys, and how often."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ratchet.config.oauth import OAuthSettings
from ratchet.errors import Unavailable
from ratchet.gateway.settings import HttpSettings
from ratchet.mcp_server.oauth.issuer import Issuer, metadata_urls
from ratchet.mcp_server.oauth.keys import Keys
from ratchet.values import JsonObject
from tests.mcp_server.authorization_server import AuthorizationServer, authorization_server, jwk_of, rsa_key

METADATA = "/.well-known/oauth-authorization-server"


@pytest.fixture
def issuing() -> Iterator[AuthorizationServer]:
    with authorization_server() as started:
        yield started


def issuer(issuing: AuthorizationServer, jwks_url: str | None = None, path: str = "") -> Issuer:
    """Return the program's view of a server."""
    return Issuer(OAuthSettings(issuing.issuer + path, "", "", jwks_url), HttpSettings())


UNUSABLE: dict[str, tuple[dict[str, Any], str]] = {
    "redirect": ({"/keys": 302}, "`127.0.0.1` redirects to `127.0.0.1`"),
    "too large": ({"/keys": "x" * 300_000}, "The answer from `127.0.0.1` has more than 262,144 bytes"),
    "no set of keys": ({"/keys": {"keys": 3}}, "`{issuer}/keys` gives no set of keys (JWKS)"),
    "a thousand keys": ({"/keys": {"keys": [{}] * 1000}}, "`{issuer}/keys` gives no set of keys (JWKS)"),
    "no object": ({"/keys": []}, "`{issuer}/keys` gives no JSON object"),
    "metadata of another": (
        {METADATA: {"issuer": "https://other.test"}}, f"`{{issuer}}{METADATA}` is not about the issuer `{{issuer}}`",
    ),
    "keys in the clear": (
        {METADATA: {"issuer": "{issuer}", "jwks_uri": "http://other.test/keys"}},
        f"`{{issuer}}{METADATA}` has no usable `jwks_uri`",
    ),
    "keys on a private network": (
        {METADATA: {"issuer": "{issuer}", "jwks_uri": "https://10.0.0.1/keys"}},
        "`10.0.0.1` is not a public address",
    ),
    "no metadata": ({METADATA: 404}, "`{issuer}/.well-known/openid-configuration` answers 404"),
}  # fmt: skip


@pytest.mark.parametrize(("pages", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_an_issuer_that_makes_no_sense_is_not_believed(
    issuing: AuthorizationServer, pages: dict[str, Any], reason: str
) -> None:
    issuing.pages |= json.loads(json.dumps(pages).replace("{issuer}", issuing.issuer))
    with pytest.raises(Unavailable) as caught:
        issuer(issuing).read_keys()
    assert caught.value.message == reason.replace("{issuer}", issuing.issuer)


def test_json_that_never_ends_is_no_json(issuing: AuthorizationServer) -> None:
    issuing.pages["/keys"] = b"[" * 200_000
    with pytest.raises(Unavailable, match="gives no JSON object"):
        issuer(issuing).read_keys()


def test_the_metadata_may_be_that_of_openid_connect_below_a_path(issuing: AuthorizationServer) -> None:
    whole = f"{issuing.issuer}/realm"
    issuing.pages["/realm/.well-known/openid-configuration"] = {"issuer": whole, "jwks_uri": f"{issuing.issuer}/keys"}
    assert [key["kid"] for key in issuer(issuing, path="/realm").read_keys()] == ["first"]
    assert issuing.asked == [
        "/.well-known/oauth-authorization-server/realm",
        "/.well-known/openid-configuration/realm",
        "/realm/.well-known/openid-configuration",
        "/keys",
    ]
    assert metadata_urls("https://a.test/") == [
        "https://a.test/.well-known/oauth-authorization-server",
        "https://a.test/.well-known/openid-configuration",
    ]


def test_the_configuration_may_say_where_the_keys_are(issuing: AuthorizationServer) -> None:
    assert len(issuer(issuing, f"{issuing.issuer}/keys").read_keys()) == 1
    assert issuing.asked == ["/keys"]


class Published:
    """Keys at a place that may be down, and a clock."""

    def __init__(self) -> None:
        self.keys: list[JsonObject] = [jwk_of(rsa_key(), "first")]
        self.down = False
        self.read_count = 0
        self.now = 0.0
        self.kept = Keys(self.read, lambda: self.now)

    def read(self) -> list[JsonObject]:
        """Return the keys."""
        self.read_count += 1
        if self.down:
            raise Unavailable("It is down")
        return self.keys

    def has(self, identity: str | None = "first", algorithm: str = "RS256") -> bool:
        """Tell whether a key is found."""
        return self.kept.find(identity, algorithm) is not None


def test_a_key_that_was_withdrawn_is_used_ten_minutes_at_most() -> None:
    published = Published()
    assert published.has()
    published.keys = [jwk_of(rsa_key(), "second")]
    published.now = 600
    assert published.has()
    published.now = 601
    assert not published.has()
    assert published.has("second")
    assert published.read_count == 2


def test_an_issuer_that_is_down_is_done_without_for_an_hour() -> None:
    published = Published()
    assert published.has()
    published.down = True
    for second in (601, 602, 603, 3600):
        published.now = second
        assert published.has()
    assert published.read_count == 3
    published.now = 3601
    with pytest.raises(Unavailable, match="It is down"):
        published.has()
    published.down = False
    published.now = 3620
    assert published.has()


def test_a_key_that_nobody_has_is_looked_for_every_quarter_of_a_minute_at_most() -> None:
    published = Published()
    for second in range(32):
        published.now = second
        assert not published.has("elsewhere")
    assert published.read_count == 4


def test_a_token_without_a_key_id_needs_an_issuer_with_one_key() -> None:
    published = Published()
    assert published.has(None)
    published.keys.append(jwk_of(rsa_key(), "second"))
    assert not published.has(None)


@pytest.mark.parametrize(
    "changed",
    [{"use": "enc"}, {"alg": "RS512"}, {"kty": "oct", "k": "c2VjcmV0"}, {"n": "AQAB"}, {"n": 7}, {"kid": "other"}],
)
def test_a_key_for_something_else_is_no_key(changed: JsonObject) -> None:
    published = Published()
    published.keys = [{**published.keys[0], **changed}]
    assert not published.has()


def test_a_key_that_is_too_short_is_no_key() -> None:
    published = Published()
    published.keys = [jwk_of(rsa_key(1024), "first")]
    assert not published.has()
