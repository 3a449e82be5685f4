"""Credentials as the original has them: a list by name, and entries elsewhere that name one as `auth_name`."""

from __future__ import annotations

from ratchet.config.layer import Layer
from ratchet.task.text import nearest, printable
from ratchet.values import Json, JsonObject

Steps = tuple[str | int, ...]


def give_credentials(layer: Layer, document: JsonObject, credentials: str, users: str) -> None:
    """Put each credential into the entries that name it, and take the list out of the document.

    Args:
        credentials, users: The whole keys of the two lists.
    """
    section, _, name = credentials.partition(".")
    group = document.get(section)
    if not isinstance(group, dict):
        return
    known = group.pop(name, None)
    known = known if isinstance(known, dict) else {}
    if known:
        layer.warn(f"`{credentials}` is `auth` in `{users}` now", (section, name), "Write `auth` in each source")
    entries = group.get(users.partition(".")[2])
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict) and entry.get("auth_name") is not None and "auth" not in entry:
            steps: Steps = (*users.split("."), index, "auth_name")
            token = _token_of(known.get(entry["auth_name"]) if isinstance(entry["auth_name"], str) else None)
            if token is None:
                match = nearest(str(entry.pop("auth_name")), list(known))
                hint = f"Did you mean `{printable(match)}`?" if match else "Write `auth: env:NAME` instead"
                layer.refuse(f"`{users}[{index}].auth_name` names no token of `{credentials}`", steps, hint)
            else:
                entry["auth_name"] = token


def _token_of(credential: Json) -> str | None:
    """Return the token of a credential: itself, or its key `token`."""
    token = credential.get("token") if isinstance(credential, dict) else credential
    return token if isinstance(token, str) else None
