"""Read the index of a repository of tasks: what `ratchet repo init` writes, and anything of that form."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from ratchet.errors import InvalidTask, Unavailable
from ratchet.registry.repository import INDEX_FILE
from ratchet.task.bounds import LONGEST_PATH, MOST_DEPTH, MOST_FILES, odd_name
from ratchet.task.naming import is_slug
from ratchet.task.parse import parse_json
from ratchet.task.text import decode_text, printable
from ratchet.task.version import parse_version
from ratchet.values import Json

MOST_TASKS = 10_000
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Listed(NamedTuple):
    """A task of an index.

    Args:
        archive: The URL of its ZIP; "" where its files are fetched one by one.
        folder: The URL of its folder, with a slash at the end.
        files: The paths of its files in that folder.
    """

    name: str
    version: str
    digest: str
    archive: str = ""
    folder: str = ""
    files: tuple[str, ...] = ()


def index_url(uri: str) -> str:
    """Return the URL of an index: a URI that ends with a slash is that of a whole repository."""
    return uri + INDEX_FILE if uri.endswith("/") else uri


def parse_index(body: bytes, url: str) -> Iterator[tuple[str, Listed | InvalidTask]]:
    """Yield each task of an index by its name, or why it cannot be one.

    Args:
        url: Where the index is, from which it names other things.

    Raises:
        Unavailable: It is no index.
    """
    shown = printable(url)
    document = parse_json(decode_text(body, file=shown, kind=Unavailable), file=shown, kind=Unavailable)
    tasks = document.get("tasks") if isinstance(document, dict) else None
    if not isinstance(tasks, list) or len(tasks) > MOST_TASKS:
        raise Unavailable(f"`{shown}` is not an index: it has no list of at most {MOST_TASKS:,} `tasks`")
    for number, entry in enumerate(tasks, 1):
        name = entry.get("name") if isinstance(entry, dict) else None
        label = name if isinstance(name, str) and is_slug(name) else f"entry {number}"
        try:
            yield label, _listed(entry, url)
        except InvalidTask as error:
            yield label, error


def _listed(entry: Json, url: str) -> Listed:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not is_slug(entry["name"]):
        raise InvalidTask("It has no `name` that is a slug")
    if not isinstance(entry.get("version"), str) or parse_version(entry["version"]) is None:
        raise InvalidTask("It has no `version` that is a semantic version")
    if not isinstance(entry.get("digest"), str) or not _DIGEST.fullmatch(entry["digest"]):
        raise InvalidTask("It has no `digest` of the form `sha256:…`")
    listed = Listed(entry["name"], entry["version"], entry["digest"])
    if isinstance(entry.get("url"), str):
        return listed._replace(archive=entry["url"])
    path = entry.get("path")
    if not isinstance(path, str) or not _is_inside(path):
        raise InvalidTask("It has neither a `url` nor a `path` inside the repository")
    place = posixpath.join(_root_of(url), quote(path.strip("/")))
    if path.lower().endswith(".zip"):
        return listed._replace(archive=place)
    return listed._replace(folder=place + "/", files=_files_of(entry))


def _root_of(url: str) -> str:
    """Return the URL of the folder that paths start from, with a slash at the end."""
    bare = url.partition("?")[0]
    return bare.removesuffix(INDEX_FILE) if bare.endswith("/" + INDEX_FILE) else bare[: bare.rfind("/") + 1]


def _files_of(entry: Json) -> tuple[str, ...]:
    files = entry.get("files")
    if not isinstance(files, list) or not 0 < len(files) <= MOST_FILES:
        raise InvalidTask("Its `path` is a folder, and it does not list the `files` there")
    if not all(isinstance(file, str) and _is_inside(file) for file in files):
        raise InvalidTask("One of its `files` is not inside its folder")
    return tuple(dict.fromkeys(files))


def _is_inside(path: str) -> bool:
    parts = path.strip("/").split("/")
    odd = any(part in ("", ".", "..") or odd_name(part) for part in parts)
    return not odd and len(path) <= LONGEST_PATH and len(parts) <= MOST_DEPTH + 1
