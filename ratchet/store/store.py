"""Open a store, and work on it in transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ratchet.store.clock import Clock, database_now
from ratchet.store.engine import MAX_CONNECTIONS, TIMEOUT_SECONDS, open_engine
from ratchet.store.migrate import check_current, read_schema, upgrade
from ratchet.store.reach import reached
from ratchet.store.sqlite import LOSABLE, WRITES
from ratchet.store.together import Together

_Got = TypeVar("_Got")


class _Change(NamedTuple):
    """What is to be written, and whether that may be lost; see `Store.writing`."""

    action: Callable[[Session], Any]
    losable: bool


class Store:
    """A database whose tables are up to date; close it, or use it in a `with` block.

    Args:
        engine: Owned from now on.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = Clock()
        self._info = {Clock: self.clock}
        self._for_writing = engine.execution_options(**{WRITES: True})
        self._for_what_may_be_lost = engine.execution_options(**{WRITES: True, LOSABLE: True})
        # SQLite lets those who wait for another's transaction sleep, ever longer; here they come one after the other.
        self._turn: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()
        self._together: Together[_Change, Any] = Together(self._write_all)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self.engine.dialect.name == "sqlite"

    def set_clock(self, moment: datetime) -> None:
        """Go by the time that the database has just said; that of SQLite is the machine's in any case."""
        if not self.is_sqlite:
            self.clock.set(moment)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Lend a session that writes nothing.

        Raises:
            Unavailable: The database cannot be reached, or is damaged.
        """
        with reached(self.engine), Session(self.engine, info=self._info) as session:
            yield session

    @contextmanager
    def writing(self, *, losable: bool = False) -> Iterator[Session]:
        """Lend a session whose changes are all kept at the end of the block, or none when it raises.

        Args:
            losable: They may be lost when the power fails at once: nobody waits for the disk then.

        Raises:
            Unavailable: The database cannot be reached, or is damaged.
        """
        engine = self._for_what_may_be_lost if losable else self._for_writing
        with (
            reached(engine),
            self._turn,
            Session(engine, expire_on_commit=False, info=self._info) as session,
            session.begin(),
        ):
            if losable and not self.is_sqlite:
                session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session

    def write(self, action: Callable[[Session], _Got], *, losable: bool = False) -> _Got:
        """Write, with whoever else writes just now in one transaction, and return what the action returns.

        Args:
            action: Is called again where what shared its transaction fails, and so does nothing but ask the session;
                it waits for no lock that a node holds for long, for the others would wait with it.
            losable: See `writing`.

        Raises:
            Unavailable: The database cannot be reached.
        """
        got: _Got = self._together.ask(_Change(action, losable))
        return got

    def _write_all(self, changes: Sequence[_Change]) -> Sequence[Any]:
        with self.writing(losable=all(change.losable for change in changes)) as session:
            return [change.action(session) for change in changes]


def open_store(url: str, *, max_connections: int = MAX_CONNECTIONS, timeout_seconds: float = TIMEOUT_SECONDS) -> Store:
    """Open a database and return it as a store.

    Tables are made where there are none. Those of an older version are brought up to date on SQLite, which has one
    user; on PostgreSQL other nodes may still need them as they are, so that `ratchet db upgrade` is up to a person.

    Raises:
        InvalidConfig, MissingExtra: See `open_engine`.
        Conflict, Refused: The tables are of a newer version of Ratchet, or of an older one.
        Unavailable: The database cannot be reached, or is damaged.
    """
    engine = open_engine(url, max_connections=max_connections, timeout_seconds=timeout_seconds)
    try:
        with reached(engine):
            with engine.connect() as connection:
                schema = read_schema(connection)
            if schema.revision is None or engine.dialect.name == "sqlite":
                upgrade(engine)
            else:
                check_current(schema)
        store = Store(engine)
        with store.reading() as session:
            store.set_clock(database_now(session))
    except BaseException:
        engine.dispose()
        raise
    return store
