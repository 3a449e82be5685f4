"""The settings of OAuth: whose access tokens clients of MCP may show, and what these must be for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.config.declaration import SectionFault
from ratchet.config.server import is_loopback
from ratchet.errors import InvalidConfig
from ratchet.task.text import printable
from ratchet.values import Json

_URL = re.compile(r"(https?)://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(/[^\s?#\"\\]*)?(\?[^\s#\"\\]*)?")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
"""RFC 6749, section 3.3."""

RATCHET_SCOPE = re.compile(r"ratchet:(?:(read|run|write)(?::([\x21\x23-\x5b\x5d-\x7e]+))?|(script|executions|jobs))")
"""What a token may allow here: an action, where it is one on tasks with a pattern of their names."""

_NAMES = ("resource", "audience", "jwks_url", "scopes_required")
"""What says nothing without an issuer."""


class OAuthSettings(NamedTuple):
    """What an access token must be.

    Args:
        issuer: The authorization server, exactly as tokens name it (`iss`).
        resource: The URL by which clients know this server (RFC 8707, RFC 9728).
        audience: What tokens must be for (`aud`).
        jwks_url: Where the keys of the issuer are; None where its metadata tells.
        scopes: What every token must have.
    """

    issuer: str
    resource: str
    audience: str
    jwks_url: str | None = None
    scopes: tuple[str, ...] = ()


def oauth_settings(values: Mapping[str, Json], address: str) -> OAuthSettings | None:
    """Return the settings from those of the whole configuration, by their keys; None where no issuer is named.

    Args:
        address: The URL of this server where the configuration does not say it.

    Raises:
        InvalidConfig: Something is said about tokens of no issuer.
    """
    issuer = values["mcp.oauth.issuer"]
    if issuer is None:
        idle = next((name for name in _NAMES if values[f"mcp.oauth.{name}"]), None)
        if idle is not None:
            hint = "Set `mcp.oauth.issuer`, the authorization server"
            raise InvalidConfig(f"`mcp.oauth.{idle}` says nothing without an issuer", hint=hint)
        return None
    resource = values["mcp.oauth.resource"] or address
    audience = values["mcp.oauth.audience"] or resource
    scopes = tuple(values["mcp.oauth.scopes_required"])
    return OAuthSettings(issuer, resource, audience, values["mcp.oauth.jwks_url"], scopes)


def check_oauth(values: Mapping[str, Json]) -> SectionFault | None:
    """Return the key to blame and a sentence for values of the section `mcp` that cannot be."""
    from ratchet.config.settings import SETTINGS

    if values["oauth.issuer"] is not None:
        idle = next((name for name in ("token", "token_scopes") if values[name] != SETTINGS[f"mcp.{name}"].default), "")
        if idle:
            return idle, "is of no use where `mcp.oauth.issuer` is set: leave one of the two away"
    for index, scope in enumerate(values["token_scopes"]):
        if not RATCHET_SCOPE.fullmatch(scope):
            known = "`ratchet:read`, `run`, `script`, `write`, `executions` or `jobs`"
            return "token_scopes", f"has `{printable(scope)}`, which is none of {known}", index
    for name in ("issuer", "resource", "jwks_url"):
        url = values[f"oauth.{name}"]
        if url is not None and not is_safe_url(url, query=name == "jwks_url"):
            return f"oauth.{name}", f"is `{printable(url)}`, not an https URL; http is for this machine alone"
    for index, scope in enumerate(values["oauth.scopes_required"]):
        if not _SCOPE.fullmatch(scope):
            return "oauth.scopes_required", f"has `{printable(scope)}`, which is no scope", index
    return None


def is_safe_url(url: str, *, query: bool) -> bool:
    """Tell whether nobody on the way can change what a URL gives."""
    found = _URL.fullmatch(url)
    return found is not None and (query or not found[4]) and (found[1] == "https" or is_loopback(found[2]))
