"""What a bearer token must be to let a client in, and what is answered where it is not (RFC 6750)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ratchet.mcp_server.principal import OWNER, Principal
from ratchet.mcp_server.scopes import ALL, Scopes


class Denied(Exception):
    """A request that is refused for the token it shows, or that it does not show.

    Args:
        message: One sentence for a person, without a full stop.
        error: The code of RFC 6750, section 3.1; empty where nothing was shown.
        scope: What the token would have to be good for.
    """

    def __init__(self, status: int, message: str, *, error: str = "", scope: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.error = error
        self.scope = scope


class Credentials(Protocol):
    """What clients show."""

    @property
    def challenge(self) -> str:
        """How a client is asked for it: the scheme and the parameters that are always the same."""
        ...

    @property
    def scopes(self) -> Sequence[str]:
        """What every token must be good for."""
        ...

    @property
    def wanted(self) -> str:
        """What to show, for a person."""
        ...

    async def admit(self, token: str) -> Principal:
        """Return who shows a token.

        Raises:
            Denied: It lets nobody in.
        """
        ...


class OwnToken:
    """The one token that this server made, or that its configuration names.

    Args:
        is_token: Tells whether a text is that token.
        allowed: What it allows.
    """

    challenge = 'Bearer realm="ratchet"'
    scopes = ()
    wanted = "Show the token of this server: `Authorization: Bearer TOKEN`"

    def __init__(self, is_token: Callable[[str], bool], allowed: Scopes = ALL) -> None:
        self._is_token = is_token
        self._principal = OWNER if allowed.is_whole else Principal(scopes=allowed)

    async def admit(self, token: str) -> Principal:
        """Return who shows the right token: whoever runs the server, unless it allows less."""
        if not self._is_token(token):
            raise Denied(401, "That is not the token of this server", error="invalid_token")
        return self._principal
