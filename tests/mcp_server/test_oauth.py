"""Access tokens in place of the server's own token: who is let in, what is answered to others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from tests.mcp_server.authorization_server import (
    AUDIENCE,
    AuthorizationServer,
    authorization_server,
    ec_key,
    jwk_of,
    rsa_key,
)
from tests.mcp_server.conftest import write_tasks
from tests.mcp_server.http_client import HANDSHAKE, JSON, Reply, Served, modern_body, older_body, start_http

CALL: dict[str, Any] = {"name": "execute_task", "arguments": {"task": "total", "input": {"items": [1, 2]}}}
CHALLENGE = 'Bearer realm="ratchet", resource_metadata="https://ratchet.test/.well-known/oauth-protected-resource/mcp"'


@pytest.fixture(scope="module")
def issuing() -> Iterator[AuthorizationServer]:
    with authorization_server() as started:
        started.keys["curve"] = ec_key()
        started.publish()
        yield started


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, issuing: AuthorizationServer) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with start_protected(folder, issuing) as running:
        yield running


def start_protected(folder: Path, issuing: AuthorizationServer, **more: str) -> AbstractContextManager[Served]:
    """Start the program so that it takes the tokens of a server."""
    oauth = {"issuer": issuing.issuer, "resource": AUDIENCE, **more}
    variables = {f"RATCHET_MCP__OAUTH__{name.upper()}": value for name, value in oauth.items()}
    return start_http(folder, "--tasks", str(write_tasks(folder / "tasks")), **variables)


def ask(served: Served, token: str | None, method: str = "tools/list", **params: Any) -> Reply:
    """Ask something in the newer era."""
    shown = {} if token is None else {"Authorization": f"Bearer {token}"}
    headers = {**served.modern_headers(method, **params), **shown}
    if token is None:
        headers.pop("Authorization")
    return served.request(modern_body(method, **params), headers)


def ask_as_older(served: Served, token: str) -> Reply:
    return served.request(older_body(1, "initialize", HANDSHAKE), {**JSON, "Authorization": f"Bearer {token}"})


def refused(reply: Reply) -> tuple[int, str, str | None]:
    return reply.status, reply.message["error"]["message"], reply.headers.get("www-authenticate")


@pytest.mark.parametrize("key", ["first", "curve"])
def test_a_token_of_the_issuer_lets_a_client_in_in_both_eras(
    served: Served, issuing: AuthorizationServer, key: str
) -> None:
    token = issuing.token("ratchet:run", kid=key)
    answer = ask(served, token, "tools/call", **CALL).message
    assert answer["result"]["structuredContent"]["output"] == {"total": 3}
    opened = ask_as_older(served, token)
    session = {**JSON, "Authorization": f"Bearer {token}", "Mcp-Session-Id": opened.headers["mcp-session-id"]}
    older = served.request(older_body(2, "tools/call", CALL), session).message
    assert older["result"]["structuredContent"]["output"] == {"total": 3}
    assert issuing.asked.count("/keys") == 1


@pytest.mark.parametrize("path", ["", "/mcp"])
def test_anybody_may_read_whose_tokens_are_taken(served: Served, issuing: AuthorizationServer, path: str) -> None:
    reply = served.request(None, {}, method="GET", path=f"/.well-known/oauth-protected-resource{path}")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert json.loads(reply.body) == {
        "resource": AUDIENCE,
        "authorization_servers": [issuing.issuer],
        "scopes_supported": ["ratchet:read", "ratchet:run"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Ratchet",
    }


def test_the_metadata_can_only_be_read_and_only_by_a_name_of_the_server(served: Served) -> None:
    path = "/.well-known/oauth-protected-resource"
    assert served.request({}, {}, path=path).status == 405
    assert served.request(None, {"Host": "evil.example"}, method="GET", path=path).status == 421
    assert served.request(None, {"Host": "ratchet.test"}, method="GET", path=path).status == 200


def test_a_request_without_a_token_is_told_where_one_is_issued(served: Served, issuing: AuthorizationServer) -> None:
    sentence = f"Show an access token of `{issuing.issuer}`: `Authorization: Bearer TOKEN`"
    assert refused(ask(served, None)) == (401, sentence, CHALLENGE)


def unsigned(token: str, algorithm: str) -> tuple[str, str]:
    """Return the header and the claims of a token, as one that is signed otherwise has them."""
    head, claims, _ = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    return b64({**header, "alg": algorithm}), claims


def b64(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def without_signature(issuing: AuthorizationServer) -> str:
    return ".".join([*unsigned(issuing.token(), "none"), ""])


def signed_with_the_public_key(issuing: AuthorizationServer) -> str:
    pem = (
        issuing.keys["first"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    signed = ".".join(unsigned(issuing.token(), "HS256"))
    return f"{signed}.{b64(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def with_another_claim(issuing: AuthorizationServer) -> str:
    head, claims, signature = issuing.token().split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{head}.{b64({**said, 'sub': 'grace'})}.{signature}"


WRONG: dict[str, tuple[Callable[[AuthorizationServer], str], str]] = {
    "issuer": (lambda it: it.token(iss="https://other.test"), "is of another issuer (`iss`)"),
    "issuer with a slash": (lambda it: it.token(iss=f"{it.issuer}/"), "is of another issuer (`iss`)"),
    "audience": (lambda it: it.token(aud="https://other.test/mcp"), "is for another server (`aud`)"),
    "no audience": (lambda it: it.token(aud=None), "lacks one of `exp`, `iss`, `aud` and `sub`"),
    "no subject": (lambda it: it.token(sub=None), "lacks one of `exp`, `iss`, `aud` and `sub`"),
    "no end": (lambda it: it.token(exp=None), "lacks one of `exp`, `iss`, `aud` and `sub`"),
    "expired": (lambda it: it.token(exp=int(time.time()) - 100), "has expired"),
    "too early": (lambda it: it.token(nbf=int(time.time()) + 100), "is not valid yet"),
    "not signed": (without_signature, "is not signed by a key pair"),
    "public key as a secret": (signed_with_the_public_key, "is not signed by a key pair"),
    "claims changed": (with_another_claim, "has a wrong signature"),
    "key of somebody else": (lambda it: it.token(key=rsa_key()), "has a wrong signature"),
    "another algorithm than the key": (
        lambda it: it.token(kid="curve", key=it.keys["first"]), "is signed by no key that its issuer has now",
    ),
    "unknown key": (
        lambda it: it.token(key=it.keys["first"], kid="elsewhere"), "is signed by no key that its issuer has now",
    ),
    "its own key": (
        lambda it: it.token(key=(own := rsa_key()), header={"jwk": jwk_of(own, "own"), "jku": f"{it.issuer}/evil"}),
        "has a wrong signature",
    ),
    "token of another kind": (lambda it: it.token(header={"typ": "logout+jwt"}), "is a token of another kind"),
    "extension that must be known": (lambda it: it.token(header={"crit": ["x"], "x": 1}), "is not valid"),
    "bound to a key": (
        lambda it: it.token(cnf={"jkt": "x"}), "is bound to a key of its client, which cannot be checked here",
    ),
    "no token": (lambda it: "nonsense", "is not valid"),
    "nested": (lambda it: ".".join([b64(b"[" * 5000), b64({}), ""]), "is not valid"),
    "too large": (lambda it: it.token(more="x" * 16_000), "is no access token"),
    "not ASCII": (lambda it: "é", "is no access token"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "reason"), WRONG.values(), ids=WRONG)
def test_a_token_that_is_wrong_is_told_why(
    served: Served, issuing: AuthorizationServer, make: Callable[[AuthorizationServer], str], reason: str
) -> None:
    token = make(issuing)
    expected = (401, f"The access token {reason}", f'{CHALLENGE}, error="invalid_token"')
    assert refused(ask(served, token)) == expected
    assert refused(ask_as_older(served, token)) == expected
    assert "/evil" not in issuing.asked


def test_every_token_may_have_to_have_a_scope(tmp_path: Path) -> None:
    with (
        authorization_server() as issuing,
        start_protected(tmp_path, issuing, scopes_required='["mcp", "x"]') as served,
    ):
        for claims in ({"scope": "x mcp y"}, {"scope": None, "scp": "mcp x"}, {"scope": None, "scp": ["mcp", "x"]}):
            assert ask(served, issuing.token_of(claims)).status == 200
        lacking = refused(ask(served, issuing.token("mcp")))
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="mcp x"'
        assert lacking == (403, "The access token lacks the scope `x`", challenge)
        assert refused(ask(served, None))[2] == f'{CHALLENGE}, scope="mcp x"'


def test_a_new_key_is_asked_for_once_and_one_that_nobody_has_not_again_and_again(tmp_path: Path) -> None:
    with authorization_server() as issuing, start_protected(tmp_path, issuing) as served:
        assert ask(served, issuing.token()).status == 200
        issuing.keys["second"] = rsa_key()
        issuing.publish()
        assert ask(served, issuing.token(kid="second")).status == 200
        assert issuing.asked.count("/keys") == 2
        for name in ("a", "b", "c"):
            assert ask(served, issuing.token(kid=name, key=issuing.keys["first"])).status == 401
        assert issuing.asked.count("/keys") == 3
        issuing.pages["/keys"] = 500
        assert ask(served, issuing.token(more="than before")).status == 200


def test_a_token_that_cannot_be_checked_is_no_wrong_token(tmp_path: Path) -> None:
    with authorization_server() as issuing, start_protected(tmp_path, issuing) as served:
        issuing.pages["/keys"] = 500
        sentence = f"Access tokens cannot be checked: `{issuing.issuer}/keys` answers 500"
        assert refused(ask(served, issuing.token())) == (503, sentence, None)
