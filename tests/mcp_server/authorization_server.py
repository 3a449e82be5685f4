"""An authorization server on loopback: its metadata, its keys, and the tokens that it issues."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
AUDIENCE = "https://ratchet.test/mcp"


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return a new key pair."""
    return rsa.generate_private_key(65537, bits)


def ec_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key pair."""
    return ec.generate_private_key(ec.SECP256R1())


def jwk_of(key: PrivateKey, identity: str) -> dict[str, Any]:
    """Return the public half of a key, as the server publishes it."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        made = RSAAlgorithm.to_jwk(public, as_dict=True)
    else:
        made = ECAlgorithm.to_jwk(public, as_dict=True)
    return {**made, "kid": identity, "use": "sig"}


class AuthorizationServer:
    """One that is told what to answer: JSON, bytes as they are, or a status, by the path."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.keys: dict[str, PrivateKey] = {"first": rsa_key()}
        self.pages: dict[str, Any] = {}
        self.asked: list[str] = []
        self.publish()

    def publish(self) -> None:
        """Give out the public halves of the keys as they are now."""
        self.pages["/.well-known/oauth-authorization-server"] = {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.pages["/keys"] = {"keys": [jwk_of(key, identity) for identity, key in self.keys.items()]}

    def token(
        self,
        scope: str = "",
        *,
        kid: str | None = "first",
        key: PrivateKey | None = None,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Issue a token that is right but for what is said; a claim that is None is left out."""
        signing = key if key is not None else self.keys[kid or "first"]
        named = {} if kid is None else {"kid": kid}
        return self.token_of({"scope": scope, **claims}, signing, {**named, **(header or {})})

    def token_of(
        self, claims: Mapping[str, Any], key: PrivateKey | None = None, header: Mapping[str, Any] | None = None
    ) -> str:
        """Issue a token with other claims than the usual ones; one that is None is left out."""
        now = int(time.time())
        said: dict[str, Any] = {
            "iss": self.issuer, "aud": AUDIENCE, "sub": "ada", "client_id": "editor", "iat": now, "exp": now + 300,
            **claims,
        }  # fmt: skip
        kept = {name: value for name, value in said.items() if value is not None}
        signing = key or self.keys["first"]
        algorithm = "ES256" if isinstance(signing, ec.EllipticCurvePrivateKey) else "RS256"
        head = {"typ": "at+jwt", **({"kid": "first"} if header is None else header)}
        return jwt.encode(kept, signing, algorithm, headers=head)

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of what is at a path."""
        self.asked.append(path)
        page = self.pages.get(path, 404)
        if isinstance(page, int):
            return page, b""
        return 200, page if isinstance(page, bytes) else json.dumps(page).encode()


@contextmanager
def authorization_server() -> Iterator[AuthorizationServer]:
    """Serve one on a free port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = issuing.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status in (301, 302):
                self.send_header("Location", f"{issuing.issuer}/keys")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        issuing = AuthorizationServer(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield issuing
        finally:
            server.shutdown()
            thread.join()
