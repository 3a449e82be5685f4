"""The line in which tickets wait: what is sent to the engine, and what of it this process begins at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, select, tuple_, update

from ratchet.errors import Unavailable
from ratchet.jobs.dispatch import Dispatcher, Ticket
from ratchet.jobs.due import is_due
from ratchet.jobs.room import ceilings_of, issue_held
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.slots import Slots
from ratchet.jobs.tickets import ticket_of
from ratchet.store.job_models import JobRow
from ratchet.store.store import Store

log = logging.getLogger(__name__)
_ON_THE_WAY = timedelta(seconds=5)
_SLICE = 500
_Item = TypeVar("_Item")


class Line:
    """Sends tickets, at least once each.

    Args:
        slots: The places of this process; a ticket that finds one free does not wait to be handed out.
        node_id: What this process is called; None where it is the only one that works on these jobs.
    """

    def __init__(
        self, store: Store, dispatcher: Dispatcher, settings: JobSettings, slots: Slots, node_id: str | None = None
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._settings = settings
        self._slots = slots
        self._node_id = node_id
        self._lock = threading.Lock()
        self._has_place: set[str] = set()
        self._sent: list[Ticket] = []
        self._used_up: list[str] = []
        self._known_to_be_used_up: list[str] = []
        self._looked_at: tuple[datetime, str] | None = None

    def send(self, tickets: Iterable[Ticket], *, here: bool = True) -> None:
        """Send tickets that have been issued, after the transaction that says so.

        Args:
            here: Whether this process may begin at once.
        """
        for ticket in tickets:
            try:
                self._send(ticket, here=here)
            except Unavailable as error:
                # It is issued all the same, and what stays so is sent again.
                log.warning("%s", error.message)

    def _send(self, ticket: Ticket, *, here: bool) -> None:
        if here and self._slots.try_take():
            self._begin(ticket)
        else:
            self._dispatcher.send(ticket)
            with self._lock:
                self._sent.append(ticket)

    def _begin(self, ticket: Ticket) -> None:
        with self._lock:
            self._has_place.add(ticket.name)
        try:
            self._dispatcher.run_here(ticket)
        except BaseException:
            self.has_place(ticket)
            self._slots.give_back()
            raise

    def has_place(self, ticket: Ticket) -> bool:
        """Tell, once, whether a place has been taken for a ticket already."""
        with self._lock:
            found = ticket.name in self._has_place
            self._has_place.discard(ticket.name)
        return found

    def use_up(self, name: str) -> None:
        """Note that a ticket is used up, so that nothing more need be kept about it."""
        with self._lock:
            self._used_up.append(name)

    def release(self, *, like: JobRow | None = None) -> None:
        """Issue and send what has been held back and now has room; see `issue_held`."""
        if like is not None and not ceilings_of(like, self._settings):
            return
        due = is_due(self._store.clock.now(), self._node_id)
        if not self._is_any(due):
            return
        with self._store.writing() as session:
            tickets = issue_held(session, self._settings, due, like=like)
        self.send(tickets)

    def _is_any(self, due: ColumnElement[bool]) -> bool:
        """Tell whether anything is due, without keeping others from writing."""
        with self._store.reading() as session:
            return session.execute(select(JobRow.id).where(due).limit(1)).first() is not None

    def settle(self) -> None:
        """Note which tickets have been sent, send those again that may be lost, and tidy up."""
        with self._lock:
            sent, self._sent = self._sent, []
            # The engine notes a ticket's end after us: what is forgotten before that, it would look for.
            used_up, self._known_to_be_used_up = self._known_to_be_used_up, self._used_up
            self._used_up = []
        if sent:
            self._dispatcher.flush()
        for some in _slices(sent):
            self._note(some)
        for names in _slices(used_up):
            self._dispatcher.forget(names)
        self._send_again()
        self._send_lost()

    def sweep(self) -> None:
        """Forget what was used up by nodes that were stopped before they could, or taken from those that died.

        Some at a time: it is asked for again and again, and nobody waits for it.
        """
        names = self._dispatcher.left(_SLICE)
        if names:
            self._dispatcher.forget(names)

    def _note(self, tickets: Iterable[Ticket]) -> None:
        known = tuple_(JobRow.id, JobRow.ticket).in_([(each.job_id, each.number) for each in tickets])
        with self._store.writing(losable=True) as session:
            session.execute(update(JobRow).where(known, JobRow.dispatch == "issued").values(dispatch="sent"))

    def _send_again(self) -> None:
        """Send tickets whose sender may have died before it got so far."""
        late = (JobRow.dispatch == "issued", JobRow.changed_at < self._store.clock.now() - _ON_THE_WAY)
        with self._store.reading() as session:
            jobs = session.scalars(select(JobRow).where(*late).limit(_SLICE)).all()
        self.send(map(ticket_of, jobs), here=False)

    def _send_lost(self) -> None:
        """Send tickets again that the engine should have and does not, as in a store that was restored.

        A long line is looked through some at a time, and then from the front again: nobody waits for it.
        """
        sent = self._next_sent()
        known = self._dispatcher.among([ticket.name for ticket in sent]) if sent else ()
        lost = [ticket for ticket in sent if ticket.name not in known]
        if lost:
            # It may know them as used up, from what was before the store was restored.
            self._dispatcher.forget([ticket.name for ticket in lost])
            self.send(lost, here=False)

    def _next_sent(self) -> Sequence[Ticket]:
        """Return tickets that have been sent: those that are due next after the ones that were looked at last."""
        columns = (JobRow.due_at, JobRow.id, JobRow.ticket, JobRow.rank, JobRow.retries, JobRow.refusals)
        sent = select(*columns).where(JobRow.dispatch == "sent")
        if self._looked_at is not None:
            sent = sent.where(tuple_(JobRow.due_at, JobRow.id) > self._looked_at)
        with self._store.reading() as session:
            rows = session.execute(sent.order_by(JobRow.due_at, JobRow.id).limit(_SLICE)).mappings().all()
        self._looked_at = (rows[-1]["due_at"], rows[-1]["id"]) if len(rows) == _SLICE else None
        return [ticket_of(JobRow(**row)) for row in rows]


def _slices(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Yield the items, as many at a time as one statement takes."""
    for start in range(0, len(items), _SLICE):
        yield items[start : start + _SLICE]
