"""The token that clients show over HTTP: made once, kept where only its user can read it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress

from ratchet.config.secrets import SHORTEST_TOKEN
from ratchet.errors import Refused
from ratchet.task.text import printable

_MOST_BYTES = 4096


def keep_token(path: str) -> tuple[str, bool]:
    """Return the token that a file keeps, and whether it has just been made.

    Raises:
        Refused: Others can read it, it holds none, or it cannot be written.
    """
    try:
        kept = _read(path)
        if kept is not None:
            return kept, False
        made = _write(path, secrets.token_urlsafe(32))
        # Another server may have been quicker.
        return (_read(path) or "", False) if made is None else (made, True)
    except OSError as error:
        message = f"The token cannot be kept in `{printable(path, 1000)}`: {error.strerror or error}"
        raise Refused(message, hint="Set `mcp.token` to `env:NAME` or `file:PATH`, where one stands") from None


def is_token_of(expected: str) -> Callable[[str], bool]:
    """Return what tells whether a text is that token, in a time that says nothing about it."""
    digest = hashlib.sha256(expected.encode()).digest()
    return lambda shown: hmac.compare_digest(hashlib.sha256(shown.encode()).digest(), digest)


def _read(path: str) -> str | None:
    """Return the token in a file, None where there is no file."""
    shown = printable(path, 1000)
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if sys.platform != "win32" and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
                hint = "Delete it, to have a new one made"
                raise Refused(f"The token in `{shown}` may be known to others, who can open that file", hint=hint)
            token = file.read(_MOST_BYTES).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return None
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        raise Refused(f"`{shown}` holds no token", hint="Delete it, to have a new one made")
    return token


def _write(path: str, token: str) -> str | None:
    """Write a token to a file that is not there, and return it; None where it has come to be there meanwhile."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    waiting = f"{path}.{os.getpid()}.tmp"
    with suppress(FileNotFoundError):
        os.unlink(waiting)
    with open(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(token + "\n")
    try:
        # Unlike a rename, it never replaces what is there.
        os.link(waiting, path)
    except FileExistsError:
        return None
    finally:
        os.unlink(waiting)
    return token
