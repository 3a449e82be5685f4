"""Ask the authorization server whose access tokens `ratchet mcp` and `ratchet serve` take."""

from __future__ import annotations

from collections.abc import Iterator

from ratchet.cli.application import Session
from ratchet.cli.configured import load_for
from ratchet.cli.finding import Finding
from ratchet.cli.mcp_oauth import issuer_of
from ratchet.config.oauth import oauth_settings
from ratchet.errors import RatchetError
from ratchet.task.text import printable

_NAME = "access tokens"


def oauth_findings(session: Session) -> Iterator[Finding]:
    """Yield whether the keys of the issuer can be read, where one is configured."""
    try:
        configuration = load_for(session, {})
    except RatchetError:
        return  # That is a finding of its own.
    try:
        settings = oauth_settings(configuration.values, "")
        if settings is not None:
            keys = len(issuer_of(configuration, settings).read_keys())
            yield Finding(_NAME, "ok", f"{printable(settings.issuer, 200)} signs with {keys} keys")
    except RatchetError as error:
        yield Finding(_NAME, "error", error.message, error.hint)
