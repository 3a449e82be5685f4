"""Who asks: the user for whom a client shows an access token, or whoever holds what this server gave out itself."""

from __future__ import annotations

from typing import NamedTuple


class Principal(NamedTuple):
    """Whose requests are answered alike.

    Args:
        issuer, subject: The authorization server, and how it names the user; empty for who needs no such server.
        client: The program that asks for the user.
        scopes: What the token is good for.
    """

    issuer: str
    subject: str
    client: str
    scopes: frozenset[str]


OWNER = Principal("", "", "", frozenset())
"""Who runs the server, and whoever is let in as such."""
