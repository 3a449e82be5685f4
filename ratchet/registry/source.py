"""Describe a source of tasks by plain values."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

SourceType = Literal["filesystem", "zip", "http", "git"]
TYPES: tuple[SourceType, ...] = ("filesystem", "zip", "http", "git")
POLLING_SECONDS = 300.0
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SCP = re.compile(r"(?:[A-Za-z0-9_.-]+@)?[A-Za-z0-9.-]{2,}:(?!\\)")
"""How SSH names a repository: `git@host:path`; one letter before the colon is a drive of Windows."""
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")


class Source(NamedTuple):
    """Where tasks come from.

    Args:
        name: The slug before the slash in `source/name`.
        uri: A folder, a ZIP, an index or a repository; paths are absolute.
        branch: The branch of a repository.
        ref: A branch, tag or commit, in place of `branch`; without both, what the repository's HEAD names.
        subdirectory: The folder of a repository or ZIP that holds the tasks; "" for all of it.
        shallow: Fetch one commit of a repository without its history.
        watch: Edits of a folder are taken as they come, and its tasks are not pinned.
        foreign: Others than the user may write tasks to a folder; what is fetched or packed counts as theirs always.
        polling_seconds: How long what was fetched is taken for current.
        secret: Returns the token to show to the server; None where it wants none.
    """

    name: str
    uri: str
    type: SourceType
    branch: str | None = None
    ref: str | None = None
    subdirectory: str = ""
    shallow: bool = True
    watch: bool = False
    polling_seconds: float = POLLING_SECONDS
    secret: Callable[[], str] | None = None
    foreign: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether its tasks are fetched from elsewhere, and so are not the user's own."""
        return self.type in ("http", "git") or not is_local(self.uri)


def is_path(uri: str) -> bool:
    """Tell whether a URI is a plain path."""
    return not _SCHEME.match(uri) and not _SCP.match(uri)


def is_local(uri: str) -> bool:
    """Tell whether a URI names something on this machine."""
    return is_path(uri) or uri.lower().startswith("file:")


def type_of(uri: str) -> SourceType | None:
    """Return the type that a URI implies, None where it has a scheme that no source has."""
    scheme = urlsplit(uri).scheme.lower() if _SCHEME.match(uri) else ""
    path = uri.partition("?")[0].rstrip("/").lower()
    if scheme in ("ssh", "git") or path.endswith(".git") or (not scheme and _SCP.match(uri)):
        return "git"
    if scheme not in ("", "file", "http", "https"):
        return None
    if path.endswith(".zip"):
        return "zip"
    return "http" if scheme in ("http", "https") else "filesystem"


def path_of(uri: str) -> str:
    """Return the path that a local URI names; `file://./tasks` is one in the working folder."""
    if is_path(uri):
        return os.path.expanduser(uri)
    rest = uri[len("file:") :]
    path = unquote(rest.removeprefix("//").removeprefix("localhost/") if not rest.startswith("///") else rest[2:])
    if rest.startswith("//localhost/"):
        path = "/" + path
    return path


def shown_uri(uri: str) -> str:
    """Return a URI without the user and password that may stand in it."""
    return _CREDENTIALS.sub("", uri)
