"""Backups: a file of SQLite with the tables of the store, whatever database it is of."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ratchet.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable
from ratchet.store.copying import Copied, Progress, copy_store, unheard
from ratchet.store.engine import make_file, open_engine
from ratchet.store.migrate import check_current, read_schema, upgrade
from ratchet.task.text import printable


def backup_store(engine: Engine, file: str, *, force: bool = False) -> None:
    """Write a backup while others go on working; the file is there whole or not at all.

    Args:
        force: Replace a file that is there.

    Raises:
        Conflict: The file is there already.
        Refused, Unavailable: The file cannot be written, or the tables are not up to date.
    """
    if os.path.lexists(file) and not force:
        raise Conflict(f"`{printable(file)}` is there already", hint="Name another file, or add `--force`")
    with engine.connect() as connection:
        check_current(read_schema(connection))
    try:
        # What SQLite puts beside the file goes with the folder, however this ends.
        with tempfile.TemporaryDirectory(prefix=".ratchet", dir=os.path.dirname(os.path.abspath(file))) as folder:
            waiting = os.path.join(folder, "backup.db")
            # For nobody else, and before there is anything in it.
            make_file(waiting)
            _write(engine, waiting)
            os.replace(waiting, file)
    except OSError as error:
        raise Refused(f"`{printable(file)}` cannot be written: {error.strerror}") from None
    except (sqlite3.Error, DBAPIError) as error:
        reason = getattr(error, "orig", error)
        if not isinstance(reason, sqlite3.Error):
            raise
        raise Unavailable(f"`{printable(file)}` cannot be written: {reason}") from None


def _write(engine: Engine, path: str) -> None:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection, closing(sqlite3.connect(path)) as target:
            source = connection.connection.dbapi_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(target)
    else:
        with _opened(path) as target_engine:
            copy_store(engine, target_engine, origin="backup")
    with closing(sqlite3.connect(path)) as target:
        # One file, which nothing lies beside.
        target.execute("PRAGMA journal_mode = DELETE")


def restore_store(file: str, engine: Engine, *, force: bool = False, progress: Progress = unheard) -> Copied:
    """Read a backup into a database.

    Args:
        force: Replace what the database holds.

    Raises:
        NotFound, InvalidInput: The file is not there, or no backup, or damaged.
        Unavailable: There is no room to read it.
        Conflict: The database holds something already, or the backup is of a newer version of Ratchet.
        Mismatch: See `copy_store`.
    """
    with tempfile.TemporaryDirectory(prefix="ratchet") as folder:
        # An older one is brought up to date, and the file itself stays as it is.
        path = os.path.join(folder, "backup.db")
        _duplicate(file, path)
        with _opened(path) as source:
            with source.connect() as connection:
                schema = read_schema(connection)
            if schema.revision is None:
                raise _no_backup(file)
            upgrade(source)
            return copy_store(source, engine, origin=os.path.abspath(file), force=force, progress=progress)


def _duplicate(file: str, path: str) -> None:
    if not os.path.isfile(file):
        raise NotFound(f"There is no file `{printable(file)}`")
    address = f"file:{quote(os.fsencode(os.path.abspath(file)))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
            # Before anything is replaced.
            whole = target.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError as error:
        raise Unavailable(f"`{printable(file)}` cannot be read into `{os.path.dirname(path)}`: {error}") from None
    except sqlite3.DatabaseError:
        raise _no_backup(file) from None
    if not whole:
        raise InvalidInput(f"`{printable(file)}` is damaged", hint="Take another backup; nothing has been changed")


def _no_backup(file: str) -> InvalidInput:
    return InvalidInput(f"`{printable(file)}` is no backup", hint="`ratchet db backup FILE` writes one")


@contextmanager
def _opened(path: str) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:{quote(os.fsencode(os.path.abspath(path)))}")
    try:
        yield engine
    finally:
        engine.dispose()
