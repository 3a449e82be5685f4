"""Who may talk to the server over HTTP: by the name it is reached by, the page that asks, and a bearer token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from mcp.types import INVALID_REQUEST, ErrorData, JSONRPCError
from starlette.responses import Response
from starlette.types import Scope

_REALM = 'Bearer realm="ratchet"'
_IN_QUERY = ("access_token", "token")


class Guard(NamedTuple):
    """Refuses requests before anything of them is read but their head.

    Args:
        is_token: Tells whether a bearer token is right; None lets everybody in.
        hosts: Tells whether a name is one of this server's.
    """

    is_token: Callable[[str], bool] | None
    hosts: Callable[[str], bool]

    def check(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is refused, None for one that is not."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        host = _only(headers, b"host")
        # A page whose name leads here once its browser trusts it sends that name (DNS rebinding).
        if host is None or not self._is_own(f"//{host}"):
            return refusal(421, "The `Host` of the request is no name of this server")
        origins = _all(headers, b"origin")
        if origins and not (len(origins) == 1 and _is_web(origins[0]) and self._is_own(origins[0])):
            return refusal(403, "Pages of that `Origin` may not ask this server")
        return None if self.is_token is None else self._check_token(scope, self.is_token)

    def _is_own(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            name = parts.hostname
            return name is not None and "@" not in parts.netloc and parts.port != 0 and self.hosts(name)
        except ValueError:
            return False

    def _check_token(self, scope: Scope, is_token: Callable[[str], bool]) -> Response | None:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if any(name in _IN_QUERY for name, _ in query):
            # Addresses are kept in histories and logs (RFC 6750, 5.3).
            message = "A token stands in the header `Authorization`, never in the address"
            return refusal(400, message, challenge=f'{_REALM}, error="invalid_request"')
        shown = _only(scope["headers"], b"authorization")
        if shown is None:
            return refusal(401, "Show the token of this server: `Authorization: Bearer TOKEN`", challenge=_REALM)
        scheme, _, token = shown.partition(" ")
        if scheme.lower() != "bearer" or not is_token(token.strip()):
            return refusal(401, "That is not the token of this server", challenge=f'{_REALM}, error="invalid_token"')
        return None


def refusal(status: int, message: str, *, challenge: str | None = None) -> Response:
    """Return an answer that says why, as a client of the protocol reads it.

    Args:
        challenge: What it is to show instead (RFC 9110, 11.6.1).
    """
    body = JSONRPCError(jsonrpc="2.0", id=None, error=ErrorData(code=INVALID_REQUEST, message=message))
    headers = {} if challenge is None else {"WWW-Authenticate": challenge}
    # The connection may hold a body that nobody has read.
    headers["Connection"] = "close"
    return Response(body.model_dump_json(exclude_unset=True), status, headers, "application/json")


def _is_web(origin: str) -> bool:
    return origin.startswith(("http://", "https://"))


def _only(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return the value of a header that is there once, None otherwise."""
    values = _all(headers, name)
    return values[0] if len(values) == 1 else None


def _all(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]
