"""Sources of tasks in the configuration: what may stand together, and the plain values that come of it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from ratchet.config.secrets import read_secret
from ratchet.registry.source import POLLING_SECONDS, Source, SourceType, is_local, type_of
from ratchet.task.naming import is_slug
from ratchet.values import Json, JsonObject

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_OF_GIT = ("branch", "ref", "shallow")


def check_source(entry: JsonObject) -> tuple[str, str] | None:
    """Return the key to blame and a sentence for a source that cannot be; values of a wrong type are seen elsewhere."""
    name, uri = entry.get("name"), entry.get("uri")
    if isinstance(name, str) and not is_slug(name):
        return "name", "is not a slug: `[a-z0-9][a-z0-9_-]{0,63}`"
    if not isinstance(uri, str) or not uri:
        return None
    return _check_uri(uri, entry.get("type")) or _check_rest(entry, uri, entry.get("type") or type_of(uri))


def _check_uri(uri: str, stated: Json) -> tuple[str, str] | None:
    kind = stated or type_of(uri)
    web = uri.lower().startswith(("http://", "https://"))
    if kind is None:
        return "uri", "has a scheme that no source has"
    if uri.startswith("-") or "::" in uri.partition("//")[0]:
        return "uri", "is not a URI that is fetched from"
    if web and urlsplit(uri).password is not None:
        return "uri", "holds a password; it stands in `auth`"
    if kind == "http" and not web:
        return "type", "is `http`, which needs an `http://` or `https://` URI"
    if kind == "filesystem" and not is_local(uri):
        return "type", "is `filesystem`, which needs a path or a `file://` URI"
    if kind == "zip" and not is_local(uri) and not web:
        return "type", "is `zip`, which needs a path, or a `file://`, `http://` or `https://` URI"
    return None


def _check_rest(entry: JsonObject, uri: str, kind: Json) -> tuple[str, str] | None:
    wrong = next((key for key in _OF_GIT if entry.get(key) is not None), None)
    if wrong is not None and kind != "git":
        return wrong, f"is for repositories; this source is of type `{kind}`"
    if entry.get("branch") is not None and entry.get("ref") is not None:
        return "ref", "stands beside `branch`, and one of them is enough"
    for key in ("branch", "ref"):
        if str(entry.get(key) or "").startswith("-"):
            return key, "begins with a dash, as an option of git does"
    below = entry.get("subdirectory")
    if below is not None and kind == "http":
        return "subdirectory", "is for folders, ZIPs and repositories; an index lists its tasks"
    if isinstance(below, str) and (below.startswith("/") or ".." in below.replace("\\", "/").split("/")):
        return "subdirectory", "leads out of the source"
    if entry.get("watch") is True and (kind not in ("filesystem", "zip") or not is_local(uri)):
        return "watch", "is for folders and ZIPs on this machine; others are asked at their polling interval"
    return _check_auth(entry, uri)


def _check_auth(entry: JsonObject, uri: str) -> tuple[str, str] | None:
    if entry.get("auth") is None:
        return None
    parts = urlsplit(uri)
    if parts.scheme.lower() == "https" or (parts.scheme.lower() == "http" and parts.hostname in _LOOPBACK):
        return None
    return "auth", "is shown to an `https://` server only"


def sources_of(entries: Sequence[JsonObject], environment: Mapping[str, str]) -> list[Source]:
    """Return the enabled sources of the configuration; secrets are read when they are needed."""
    return [_source_of(entry, environment) for entry in entries if entry.get("enabled") is not False]


def _source_of(entry: JsonObject, environment: Mapping[str, str]) -> Source:
    kind: SourceType = entry.get("type") or type_of(entry["uri"]) or "filesystem"
    auth = entry.get("auth")
    polling: float | None = entry.get("polling_interval_seconds")
    return Source(
        entry["name"],
        entry["uri"],
        kind,
        branch=entry.get("branch"),
        ref=entry.get("ref"),
        subdirectory=entry.get("subdirectory") or "",
        shallow=entry.get("shallow") is not False,
        watch=entry.get("watch") is True,
        polling_seconds=POLLING_SECONDS if polling is None else polling,
        secret=None if auth is None else functools.partial(read_secret, auth, environment),
    )
