"""What every connection to SQLite is set to."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, event

WRITES = "ratchet_writes"
"""The execution option of a connection whose transactions write."""

LOSABLE = "ratchet_losable"
"""The execution option of one whose transactions may be lost with the power, though not with the process."""

_WITH_SUBSECONDS = (3, 42)
_NOW = ((), ("now",))
_SUBSECONDS = (("subsec",), ("subsecond",), ("now", "subsec"), ("now", "subsecond"))


def prepare_sqlite(engine: Engine, *, busy_seconds: float) -> None:
    """Set up every connection that an engine will open.

    Args:
        busy_seconds: How long a transaction waits for another one that writes.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        # The driver would begin transactions by itself, and none before it reads.
        connection.isolation_level = None
        set_up(connection, busy_seconds=busy_seconds, synchronous="FULL")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        # One that reads first and writes then is refused at once when another has written in between.
        options = connection.get_execution_options()
        if options.get(WRITES, False):
            _set_synchronous(connection, "NORMAL" if options.get(LOSABLE, False) else "FULL")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES, False) else "BEGIN")


def set_up(connection: sqlite3.Connection, *, busy_seconds: float, synchronous: str) -> None:
    """Set up a connection, and close it where it cannot be: nobody else has it yet."""
    try:
        register_functions(connection)
        connection.execute(f"PRAGMA busy_timeout = {round(busy_seconds * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise


def _set_synchronous(connection: Any, level: str) -> None:
    """Say how much of a transaction is to be on the disk when it ends, where that is not what was said before."""
    if connection.info.get(LOSABLE, "FULL") != level:
        connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
        connection.info[LOSABLE] = level


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection `unixepoch('subsec')` where SQLite is older than 3.42, which brought it."""
    if sqlite3.sqlite_version_info < _WITH_SUBSECONDS:
        connection.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*arguments: str) -> float:
    if arguments in _SUBSECONDS:
        return round(time.time(), 3)
    if arguments in _NOW:
        return int(time.time())
    raise ValueError("only the present is known")
