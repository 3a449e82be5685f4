"""Find the configuration file."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ratchet.errors import InvalidConfig, NotFound
from ratchet.values import Problem

NAME = "ratchet.yaml"
VARIABLE = "RATCHET_CONFIG"
_MOST_BYTES = 1024 * 1024


class Found(NamedTuple):
    """The configuration file and what is in it.

    Args:
        path: As the user would type it; None when there is no file.
        warnings: Files that were passed over, and why.
        named: Whether the user has named it, trusts it, or keeps it in a folder for configurations.
    """

    path: str | None = None
    content: bytes = b""
    warnings: tuple[Problem, ...] = ()
    named: bool = False


def find_file(named: str | None, environment: Mapping[str, str]) -> Found:
    """Return the file that was named, else the first one that is there and belongs to who asks.

    Raises:
        NotFound: The file that was named is not there.
        InvalidConfig: It cannot be read, or is too large.
    """
    named = named or environment.get(VARIABLE)
    if named:
        return Found(named, _read(named), named=True)
    warnings = []
    for path, owners, kept in _candidates(environment):
        owner = _owner_of(path)
        if owner is None:
            continue
        if owners and owner not in owners:
            hint = f"`--config {path}` takes it all the same"
            warnings.append(
                Problem(f"`{path}` is left out: it belongs to somebody else", hint=hint, severity="warning")
            )
            continue
        content = _read(path)
        return Found(path, content, tuple(warnings), kept or _is_trusted(path, content, environment))
    return Found(warnings=tuple(warnings))


def _is_trusted(path: str, content: bytes, environment: Mapping[str, str]) -> bool:
    from ratchet.config.trust import is_trusted, trust_store

    return is_trusted(path, content, trust_store(environment))


def _candidates(environment: Mapping[str, str]) -> Iterator[tuple[str, frozenset[int], bool]]:
    """Yield paths in the order they are tried, the users each may belong to, and whether it is in a folder for them.

    No users means any.
    """
    mine = frozenset({os.geteuid()}) if sys.platform != "win32" else frozenset[int]()
    for folder in _folders_upwards(environment):
        yield os.path.relpath(os.path.join(folder, NAME)), mine, False
    user, *system = config_folders(environment)
    yield os.path.join(user, NAME), mine, True
    for folder in system:
        yield os.path.join(folder, NAME), mine | {0} if mine else mine, True


def _folders_upwards(environment: Mapping[str, str]) -> list[str]:
    """Return the working folder and those above it up to the repository or home; alone where it is in neither."""
    try:
        start = folder = os.getcwd()
    except OSError:  # Somebody has removed it.
        return []
    home = os.path.realpath(environment.get("HOME") or os.path.expanduser("~"))
    passed = []
    while True:
        passed.append(folder)
        if folder == home or os.path.exists(os.path.join(folder, ".git")):
            return passed
        parent = os.path.dirname(folder)
        if parent == folder:
            return [start]
        folder = parent


def config_folders(environment: Mapping[str, str]) -> list[str]:
    """Return the user's folder for configurations and those of the system.

    platformdirs is slow to import; on Linux its answer is the XDG Base Directory Specification's.
    """
    if sys.platform == "linux":
        own = environment.get("XDG_CONFIG_HOME", "")
        user = own if os.path.isabs(own) else os.path.expanduser("~/.config")
        system = [folder for folder in environment.get("XDG_CONFIG_DIRS", "").split(":") if os.path.isabs(folder)]
        return [os.path.join(folder, "ratchet") for folder in [user, *(system or ["/etc/xdg"])]]
    import platformdirs

    user = platformdirs.user_config_dir("ratchet", appauthor=False)
    return [user, *platformdirs.site_config_dir("ratchet", appauthor=False, multipath=True).split(os.pathsep)]


def _owner_of(path: str) -> int | None:
    """Return who owns a regular file, None where there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_uid if stat.S_ISREG(status.st_mode) else None


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        from ratchet.task.nearby import nearest_path
        from ratchet.task.text import printable

        shown = printable(path)
        if isinstance(error, FileNotFoundError):
            match = nearest_path(path)
            hint = f"Did you mean `{match}`?" if match else f"`ratchet config generate --output {shown}` makes one"
            raise NotFound(f"The configuration file `{shown}` is not there", hint=hint) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidConfig(f"The configuration file `{shown}` cannot be read: {reason}") from None
    if len(content) > _MOST_BYTES:
        raise InvalidConfig(f"The configuration file `{path}` is larger than {_MOST_BYTES >> 20} MB")
    return content
