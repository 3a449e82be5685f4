"""Who may talk to the server over HTTP: by the name it is reached by, the page that asks, and a bearer token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from mcp.types import INVALID_REQUEST, ErrorData, JSONRPCError
from starlette.responses import Response
from starlette.types import Scope

from ratchet.mcp_server.credentials import Credentials, Denied
from ratchet.mcp_server.principal import OWNER, Principal

_IN_QUERY = ("access_token", "token")


class Guard(NamedTuple):
    """Refuses requests before anything of them is read but their head.

    Args:
        credentials: What clients must show; None lets everybody in, as the owner.
        hosts: Tells whether a name is one of this server's.
    """

    credentials: Credentials | None
    hosts: Callable[[str], bool]

    def check_names(self, scope: Scope) -> Response | None:
        """Return the answer to a request that names another server, or comes from a page of another; else None."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        host = _only(headers, b"host")
        # A page whose name leads here once its browser trusts it sends that name (DNS rebinding).
        if host is None or not self._is_own(f"//{host}"):
            return refusal(421, "The `Host` of the request is no name of this server")
        origins = _all(headers, b"origin")
        if origins and not (len(origins) == 1 and _is_web(origins[0]) and self._is_own(origins[0])):
            return refusal(403, "Pages of that `Origin` may not ask this server")
        return None

    async def admit(self, scope: Scope) -> Principal | Response:
        """Return who asks, or the answer to a request that is refused."""
        if self.credentials is None:
            return OWNER
        try:
            return await self.credentials.admit(_token_of(scope, self.credentials.wanted))
        except Denied as denied:
            return self.deny(denied)

    def deny(self, denied: Denied) -> Response:
        """Return an answer that says what to show instead."""
        if self.credentials is None or denied.status not in (400, 401, 403):
            return refusal(denied.status, denied.message)
        scope = denied.scope or " ".join(self.credentials.scopes)
        given = [("error", denied.error), ("scope", scope)]
        parameters = [self.credentials.challenge, *(f'{name}="{value}"' for name, value in given if value)]
        return refusal(denied.status, denied.message, challenge=", ".join(parameters))

    def _is_own(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            name = parts.hostname
            return name is not None and "@" not in parts.netloc and parts.port != 0 and self.hosts(name)
        except ValueError:
            return False


def _token_of(scope: Scope, wanted: str) -> str:
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if any(name in _IN_QUERY for name, _ in query):
        # Addresses are kept in histories and logs (RFC 6750, 5.3).
        message = "A token stands in the header `Authorization`, never in the address"
        raise Denied(400, message, error="invalid_request")
    shown = _only(scope["headers"], b"authorization")
    if shown is None:
        raise Denied(401, wanted)
    scheme, _, token = shown.partition(" ")
    # What has another scheme is no token, and an empty one is none either.
    return token.strip() if scheme.lower() == "bearer" else ""


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
