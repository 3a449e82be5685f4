"""Check that the database which a configuration names can be used."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from ratchet.cli.extras import need_extra
from ratchet.config.layers import read_layers
from ratchet.errors import RatchetError

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.values import Problem

_KEY = "server.database.url"
# For a person who waits.
_SECONDS = 5.0


def check_database(configuration: Configuration) -> list[Problem]:
    """Return a problem where the database does not answer, or is of a newer version; none is made where none is yet."""
    if configuration.values[_KEY] is None:
        return []
    try:
        url = configuration.database_url()
        need_extra("server", "alembic", "A database")
        _ask(url or "")
    except RatchetError as error:
        sentence = f"cannot be used: {error.message[0].lower()}{error.message[1:]}"
        return [read_layers(configuration.source).problem(_KEY, sentence, hint=error.hint)]
    return []


def _ask(url: str) -> None:
    from ratchet.store.address import is_there, parse_address
    from ratchet.store.engine import open_engine
    from ratchet.store.migrate import check_known, read_schema
    from ratchet.store.reach import reached

    if is_there(parse_address(url)):
        engine = open_engine(url, timeout_seconds=_SECONDS)
        try:
            with reached(engine), closing(engine.connect()) as connection:
                check_known(read_schema(connection))
        finally:
            engine.dispose()
