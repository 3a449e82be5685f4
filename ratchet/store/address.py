"""Read the URL of a database, in the forms that the original takes too."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ratchet.errors import InvalidConfig

_MEMORY = ":memory:"
_POSTGRESQL = ("postgresql", "postgres")
_HINT = "Write `sqlite:FILE` or `postgresql://USER:PASSWORD@HOST/NAME`"


def parse_address(text: str) -> URL:
    """Return the URL of a database for SQLAlchemy, with the path of a file made absolute.

    `sqlite://file` and `sqlite:file` name a file as they stand: `sqlite:///file` is one in the root folder.

    Raises:
        InvalidConfig: It is none. The message never shows it, for it may hold a password.
    """
    scheme, colon, rest = text.partition(":")
    if colon and scheme == "sqlite":
        return URL.create("sqlite+pysqlite", database=_file_in(rest))
    if colon and scheme in _POSTGRESQL:
        return _server_in(f"postgresql+psycopg:{rest}")
    raise InvalidConfig("The URL of the database names neither SQLite nor PostgreSQL", hint=_HINT)


def _file_in(rest: str) -> str:
    path, _, options = rest.removeprefix("//").partition("?")
    if options not in ("", "mode=rwc"):
        raise InvalidConfig("The URL of the database has options, and SQLite takes none here", hint=_HINT)
    if path == _MEMORY:
        return path
    if not path:
        raise InvalidConfig("The URL of the database names no file", hint=_HINT)
    return os.path.abspath(os.path.expanduser(os.fsdecode(unquote_to_bytes(path))))


def _server_in(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise InvalidConfig("The URL of the database cannot be read", hint=_HINT) from None
    if not url.database:
        raise InvalidConfig("The URL of the database names no database", hint=_HINT)
    return url


def render_address(url: URL) -> str:
    """Return the URL of a database as people write it, with its password masked."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:{(url.database or '').replace('%', '%25').replace('?', '%3F')}"
    shown = {name: value for name, value in url.query.items() if "password" not in name}
    return url.set(drivername="postgresql", query=shown).render_as_string()


def is_memory(url: URL) -> bool:
    """Tell whether a database is gone with its last connection."""
    return url.database == _MEMORY


def is_there(url: URL) -> bool:
    """Tell whether a file of SQLite is there; of a server nobody knows before it is asked."""
    return url.get_backend_name() != "sqlite" or is_memory(url) or os.path.exists(url.database or "")
