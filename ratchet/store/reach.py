"""Say in words of ours why a database cannot be worked with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ratchet.errors import Unavailable
from ratchet.task.text import printable

_SPARE = "Move it away, with its `-wal` and `-shm`; `ratchet db restore FILE` brings a backup back"
# SQLITE_CORRUPT and SQLITE_NOTADB, which extended codes have in their last byte.
_DAMAGED = (11, 26)
_NO_PRIVILEGE = "42501"


@contextmanager
def reached(engine: Engine, *, spare: str = _SPARE) -> Iterator[None]:
    """Say that a database cannot be reached, or that its file is damaged.

    Args:
        spare: What to do about a file that is damaged.
    """
    try:
        yield
    except (InterfaceError, OperationalError, DatabaseError) as error:
        failure = _failure(engine, error, spare)
        if failure is None:
            raise
        raise failure from None
    except PoolTimeout:
        hint = "Raise `server.database.max_connections`"
        raise Unavailable("No connection to the database has become free", hint=hint) from None


def _failure(engine: Engine, error: DBAPIError, spare: str) -> Unavailable | None:
    """Return what to say instead; None where the database is not to blame."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and _is_damage(error):
        return Unavailable(f"The database `{printable(file)}` is damaged: {_reason(error)}", hint=spare)
    if not _is_refusal(error):
        return None
    if file:
        return Unavailable(f"The database `{printable(file)}` cannot be used: {_reason(error)}")
    return Unavailable(f"The database does not answer: {_reason(error)}")


def _is_refusal(error: DBAPIError) -> bool:
    """Tell whether the database cannot do, or does not allow, what was right to ask; a bug of ours is none."""
    if isinstance(error, InterfaceError | OperationalError | InternalError):
        return True
    # No statement: an option of the URL that the driver does not know.
    return error.statement is None or getattr(error.orig, "sqlstate", None) == _NO_PRIVILEGE


def _is_damage(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _reason(error: DBAPIError) -> str:
    """Return the first line of what the driver says, which names no password."""
    return printable(str(error.orig).strip().partition("\n")[0], 300)
