"""The access tokens that the configuration has the tools of MCP take, in place of a token of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from ratchet.config.oauth import OAuthSettings, is_safe_url, oauth_settings
from ratchet.errors import InvalidConfig

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.mcp_server.credentials import Credentials
    from ratchet.mcp_server.oauth.issuer import Issuer


class OAuth(NamedTuple):
    """What a server that takes access tokens needs for it.

    Args:
        documents: What anybody may read, by its path.
        host: The name by which clients know the server.
    """

    credentials: Credentials
    documents: Mapping[str, bytes]
    host: str


def check_oauth(configuration: Configuration, address: str) -> OAuthSettings | None:
    """Return what access tokens must be; None where no issuer is named.

    Args:
        address: The URL at which the tools are served, where clients know no other.

    Raises:
        InvalidConfig: Clients would show their tokens in the clear, or something is said about tokens of no issuer.
    """
    settings = oauth_settings(configuration.values, address)
    if settings is not None and not is_safe_url(settings.resource, query=False):
        hint = "Set `mcp.oauth.resource` to the https URL that clients use, that of the proxy with its path"
        raise InvalidConfig("Access tokens must not cross the network in the clear", hint=hint)
    return settings


def open_oauth(configuration: Configuration, address: str) -> OAuth | None:
    """Return what checks access tokens; see `check_oauth`."""
    settings = check_oauth(configuration, address)
    if settings is None:
        return None
    from ratchet.mcp_server.oauth.access_tokens import AccessTokens
    from ratchet.mcp_server.oauth.keys import Keys
    from ratchet.mcp_server.oauth.resource_metadata import metadata_of, metadata_paths
    from ratchet.mcp_server.scopes import scope_of

    # What is usual: a client that wants more is told what it lacks, and asks its user then.
    document = metadata_of(settings, [scope_of("read"), scope_of("run")])
    keys = Keys(issuer_of(configuration, settings).read_keys)
    documents = dict.fromkeys(metadata_paths(settings), document)
    return OAuth(AccessTokens(settings, keys), documents, urlsplit(settings.resource).hostname or "")


def issuer_of(configuration: Configuration, settings: OAuthSettings) -> Issuer:
    """Return the issuer, asked as the configuration has requests made."""
    from ratchet.mcp_server.oauth.issuer import Issuer

    return Issuer(settings, configuration.http)
