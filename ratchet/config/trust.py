"""Which configuration files the user has looked at and trusts: by their path and by every byte in them.

A file that is found beside tasks may have come with them. It may not send the user's secrets anywhere, nor open a way
into the user's own network, before the user has said so.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

_NAME = "trusted.json"
_MOST_BYTES = 1024 * 1024


def trust_store(environment: Mapping[str, str]) -> str:
    """Return the file that remembers what is trusted.

    platformdirs is slow to import; on Linux its answer is the XDG Base Directory Specification's.
    """
    if sys.platform == "linux":
        base = environment.get("XDG_STATE_HOME", "")
        folder = base if os.path.isabs(base) else os.path.expanduser("~/.local/state")
        return os.path.join(folder, "ratchet", _NAME)
    import platformdirs

    return os.path.join(platformdirs.user_state_dir("ratchet", appauthor=False), _NAME)


def is_trusted(path: str, content: bytes, store: str) -> bool:
    """Tell whether a file is trusted as it is now."""
    return os.path.lexists(store) and read_trusted(store).get(_key(path)) == _digest(content)


def trust(path: str, content: bytes, store: str) -> None:
    """Trust a file as it is now.

    Raises:
        OSError: That cannot be remembered.
    """
    _write({**read_trusted(store), _key(path): _digest(content)}, store)


def revoke(path: str, store: str) -> bool:
    """Trust a file no more; tell whether it was.

    Raises:
        OSError: That cannot be remembered.
    """
    trusted = read_trusted(store)
    if trusted.pop(_key(path), None) is None:
        return False
    _write(trusted, store)
    return True


def read_trusted(store: str) -> dict[str, str]:
    """Return the digest of each trusted file by its path; nothing from a store that is not the user's own."""
    with suppress(OSError, ValueError, RecursionError):
        with open(store, "rb") as file:
            status = os.fstat(file.fileno())
            if sys.platform != "win32" and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
                return {}
            value = json.loads(file.read(_MOST_BYTES))
        if isinstance(value, dict):
            return {path: digest for path, digest in value.items() if isinstance(digest, str)}
    return {}


def _key(path: str) -> str:
    return os.path.realpath(path)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(trusted: Mapping[str, str], store: str) -> None:
    os.makedirs(os.path.dirname(store), mode=0o700, exist_ok=True)
    waiting = f"{store}.{os.getpid()}.tmp"
    with open(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(trusted, file, indent=1, sort_keys=True)
    os.replace(waiting, store)
