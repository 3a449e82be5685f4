"""Open connections to a database."""

from __future__ import annotations

import importlib.util
import os
from contextlib import suppress

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import QueuePool

from ratchet.errors import MissingExtra, Unavailable
from ratchet.store.address import is_memory, parse_address
from ratchet.store.sqlite import prepare_sqlite
from ratchet.task.text import printable

MAX_CONNECTIONS = 10
TIMEOUT_SECONDS = 30.0
PLAIN = {"client_encoding": "utf8"}
"""For PostgreSQL: in a database without an encoding the driver would give bytes for text."""


def open_engine(
    url: str, *, max_connections: int = MAX_CONNECTIONS, timeout_seconds: float = TIMEOUT_SECONDS
) -> Engine:
    """Return an engine for a database; nothing is connected yet.

    Args:
        url: See `parse_address`.
        timeout_seconds: How long to wait for a connection, and for another's transaction on SQLite.

    Raises:
        InvalidConfig: The URL is none of a database.
        MissingExtra: The driver for PostgreSQL is not installed.
        Unavailable: The folder of an SQLite file cannot be made.
    """
    address = parse_address(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address, max_connections, timeout_seconds)
    if importlib.util.find_spec("psycopg") is None:
        hint = "`python -m pip install 'ratchet-js[postgres]'` adds it"
        raise MissingExtra("PostgreSQL needs `psycopg`, which is not installed", hint=hint)
    return create_engine(
        address,
        pool_size=max_connections,
        max_overflow=0,
        pool_timeout=timeout_seconds,
        # A server that has been started anew costs one question, and no failure.
        pool_pre_ping=True,
        connect_args={**PLAIN, "connect_timeout": max(1, round(timeout_seconds)), "application_name": "ratchet"},
    )


def _open_sqlite(address: URL, max_connections: int, timeout_seconds: float) -> Engine:
    memory = is_memory(address)
    if not memory:
        _make_folder(os.path.dirname(address.database or ""))
        make_file(address.database or "")
    engine = create_engine(
        address,
        poolclass=QueuePool,
        # What is in memory belongs to one connection, and is used by one thread after the other.
        pool_size=1 if memory else max_connections,
        max_overflow=0,
        pool_timeout=timeout_seconds,
        connect_args={"check_same_thread": False},
    )
    prepare_sqlite(engine, busy_seconds=timeout_seconds)
    return engine


def _make_folder(folder: str) -> None:
    try:
        # What tasks were given and gave back is for nobody else.
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        message = f"The folder `{printable(folder)}` of the database cannot be made: {error.strerror}"
        raise Unavailable(message, hint="Name a file in a folder that can be written") from None


def make_file(path: str) -> None:
    """Make a file that nobody else can read; SQLite would let everybody, and gives those beside it the same mode."""
    # What is there already, or cannot be made, SQLite opens or says so.
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
