"""Say which authorization server issues the tokens that this server takes (RFC 9728)."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from ratchet.config.oauth import OAuthSettings

_WELL_KNOWN = "/.well-known/oauth-protected-resource"


def metadata_url(resource: str) -> str:
    """Return where clients look for the metadata of a resource (RFC 9728, section 3.1)."""
    parts = urlsplit(resource)
    return f"{parts.scheme}://{parts.netloc}{_path_of(resource)}"


def metadata_paths(settings: OAuthSettings) -> tuple[str, ...]:
    """Return the paths at which the metadata is served: that of the resource, and the root, where clients look then."""
    return tuple(dict.fromkeys((_path_of(settings.resource), _WELL_KNOWN)))


def metadata_of(settings: OAuthSettings, scopes: list[str]) -> bytes:
    """Return the metadata as JSON.

    Args:
        scopes: What a client may ask for.
    """
    document = {
        "resource": settings.resource,
        "authorization_servers": [settings.issuer],
        "scopes_supported": [*dict.fromkeys((*settings.scopes, *scopes))],
        "bearer_methods_supported": ["header"],
        "resource_name": "Ratchet",
    }
    return json.dumps(document).encode()


def _path_of(resource: str) -> str:
    return _WELL_KNOWN + urlsplit(resource).path.rstrip("/")
