"""Who asks: the user for whom a client shows an access token, or whoever holds what this server gave out itself."""

from __future__ import annotations

from typing import Any, NamedTuple

from ratchet.mcp_server.scopes import ALL, Scopes

KEY = "ratchet.principal"
"""Where a request over HTTP has it (ASGI 3, the connection scope)."""


class Principal(NamedTuple):
    """Whose requests are answered alike.

    Args:
        issuer, subject: The authorization server, and how it names the user; empty for who needs no such server.
        client: The program that asks for the user.
        scopes: What the token allows.
    """

    issuer: str = ""
    subject: str = ""
    client: str = ""
    scopes: Scopes = ALL

    @property
    def owner(self) -> str:
        """Who executions belong to: the same user by the same program, whatever the token at hand allows."""
        return "\n".join((self.issuer, self.subject, self.client))


OWNER = Principal()
"""Who runs the server, and whoever is let in as such."""


def principal_of(request: Any) -> Principal:
    """Return who sends a request.

    Args:
        request: That of HTTP; None over stdin and stdout, where whoever has started the server asks.
    """
    principal: Principal = OWNER if request is None else request.scope[KEY]
    return principal
