"""A store as what keeps executions, with a data folder for their recordings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from ratchet.errors import InvalidRecording
from ratchet.execution.document import Execution
from ratchet.execution.document_reading import read_execution
from ratchet.execution.folder_keeper import FolderKeeper, the_one
from ratchet.execution.keeper import Retention, Wanted
from ratchet.store.columns import moment_of, plain
from ratchet.store.executions import EXECUTIONS, find_document, save_executions, surplus_ids
from ratchet.store.fields import Field, Filter, Value
from ratchet.store.models import ExecutionRow
from ratchet.store.page import page_statement
from ratchet.store.query import Query
from ratchet.store.request_keys import first_id, lost_ids, release_keys
from ratchet.store.store import Store
from ratchet.store.tasks import forget_tasks
from ratchet.store.upkeep import Upkeep
from ratchet.store.writer import Writer

# Rows that are asked for, or removed, at once.
_SLICE = 500
# No execution takes longer than a day, and none waits so long to begin.
_LONGEST = timedelta(days=2)


class StoreKeeper:
    """Keeps executions in a store.

    Args:
        store: Owned from now on.
        recordings: Where what is needed to replay them is kept; None keeps the documents alone.
        records_all: Whether every execution is recorded; without it, those are for which somebody asks.
    """

    def __init__(self, store: Store, recordings: FolderKeeper | None, *, records_all: bool = True) -> None:
        self.store = store
        self._recordings = recordings
        self._records_all = records_all
        self._writer = Writer(self._save, "ratchet-keeper")
        self._known: set[str] = set()
        # The keys of executions with ids below have been looked at.
        self._released = ""
        self._upkeep: Upkeep | None = None

    @property
    def recorder(self) -> FolderKeeper | None:
        """Who keeps the recording of each execution."""
        return self._recordings if self._records_all else None

    def end(self, execution: Execution, *, patient: bool = False) -> Future[None]:
        """Keep an execution that has ended; see `Keeper`."""
        return self._writer.give(execution, patient=patient)

    def _save(self, executions: Sequence[Execution]) -> Sequence[None]:
        with self.store.writing(losable=True) as session:
            save_executions(session, list({execution.id: execution for execution in executions}.values()))
        return [None] * len(executions)

    def find(self, identity: str) -> Execution:
        """Return an execution by its id, or by what no other id begins with.

        Raises:
            NotFound: There is none.
            Conflict: More than one begins so.
        """
        with self.store.reading() as session:
            # A range, which the index serves as it stands; what follows in an id is below `g`.
            begin = plain(identity)
            begins = (ExecutionRow.id >= begin) & (ExecutionRow.id < f"{begin}g")
            found = session.scalars(select(ExecutionRow.id).where(begins).order_by(ExecutionRow.id).limit(2)).all()
            return read_execution(find_document(session, the_one(identity, found)))

    def newest(self, wanted: Wanted) -> list[Execution]:
        """Return the executions that are asked for, the newest first."""
        listing = EXECUTIONS._replace(shown=("id", "created_at", "document"))
        query = Query(_filters(wanted), EXECUTIONS.fields["created_at"], limit=wanted.limit, after=wanted.after)
        with self.store.reading() as session:
            statement = page_statement(session, listing, query)
            rows = [] if statement is None else session.execute(statement).mappings().all()
        return [read_execution(row["document"]) for row in rows[: wanted.limit]]

    def adopt(self) -> int:
        """Take over recordings that the store does not know, and return how many they were."""
        if self._recordings is None:
            return 0
        ids = [identity for identity in self._recordings.ids() if identity not in self._known]
        return sum(
            self._adopt_some(self._recordings, ids[start : start + _SLICE]) for start in range(0, len(ids), _SLICE)
        )

    def _adopt_some(self, recordings: FolderKeeper, ids: list[str]) -> int:
        with self.store.reading() as session:
            known = set(session.scalars(select(ExecutionRow.id).where(ExecutionRow.id.in_(ids))))
        taken = []
        for identity in ids:
            if identity not in known:
                try:
                    taken.append(recordings.read(identity))
                except InvalidRecording:
                    continue
        self._known.update(ids)
        if taken:
            with self.store.writing() as session:
                save_executions(session, taken, replace=False)
        return len(taken)

    def prune(self, retention: Retention) -> int:
        """Remove executions that have ended, with their recordings; return how many they were."""
        self._release_lost_keys()
        removed = 0
        while ids := self._remove_some(retention):
            removed += len(ids)
            if self._recordings is not None:
                for identity in ids:
                    self._recordings.remove(identity)
        return removed

    def _release_lost_keys(self) -> None:
        """Forget the keys of executions that died with their server, once; those that ended, retention takes."""
        until = first_id(self.store.clock.now() - _LONGEST)
        with self.store.reading() as session:
            lost = lost_ids(session, self._released, until)
        for start in range(0, len(lost), _SLICE):
            with self.store.writing() as session:
                release_keys(session, lost[start : start + _SLICE])
        self._released = until

    def _remove_some(self, retention: Retention) -> list[str]:
        """Remove some of the oldest, few enough for others to write in between."""
        with self.store.writing() as session:
            ids = surplus_ids(session, retention, _SLICE)
            gone = ExecutionRow.id.in_(ids)
            tasks = session.execute(select(ExecutionRow.task, ExecutionRow.digest).where(gone).distinct()).all()
            session.execute(delete(ExecutionRow).where(gone))
            release_keys(session, ids)
        forget_tasks(self.store, tasks)
        return ids

    def keep_up(self, retention: Callable[[], Retention], log: logging.Logger) -> None:
        """Look after what is kept until the end; see `Upkeep`."""
        self._upkeep = Upkeep(self, retention, log)

    def close(self) -> None:
        """Close the store."""
        if self._upkeep is not None:
            self._upkeep.close()
        self._writer.close()
        self.store.close()


def _filters(wanted: Wanted) -> tuple[Filter, ...]:
    asked: list[tuple[Field, str, Value | None]] = [
        (EXECUTIONS.fields["task"], "", None if wanted.task is None else plain(wanted.task)),
        (EXECUTIONS.fields["status"], "", wanted.status),
        (EXECUTIONS.fields["created_at"], "gte", _moment(wanted.since)),
        (EXECUTIONS.fields["created_at"], "lt", _moment(wanted.until)),
    ]
    return tuple(Filter(field, operator, (value,)) for field, operator, value in asked if value is not None)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else moment_of(seconds)
