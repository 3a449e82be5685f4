"""Take over the jobs of nodes that have died; the engine does not do so by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ratchet.jobs.dispatch import Dispatcher, Ticket
from ratchet.jobs.life import close_attempt, end, issue, put_back
from ratchet.jobs.line import Line
from ratchet.jobs.membership import Beat, Me, silent_nodes
from ratchet.jobs.result import Result
from ratchet.jobs.settings import JobSettings
from ratchet.store.columns import now
from ratchet.store.job_models import JobRow, NodeRow
from ratchet.store.store import Store

log = logging.getLogger(__name__)
_SLICE = 500


class Takeover:
    """Buries dead nodes and puts their jobs back in line.

    Args:
        alone: Nobody else can be at work on this database, so that whoever seems to be is dead.
    """

    def __init__(
        self, store: Store, dispatcher: Dispatcher, line: Line, settings: JobSettings, me: Me, *, alone: bool
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._line = line
        self._settings = settings
        self._me = me
        self._alone = alone
        self._blind_until: datetime | None = None
        self._sees = alone

    def bury(self, beat: Beat) -> None:
        """Bury the nodes that have been silent for too long, as far as this node can tell."""
        if self._alone:
            return
        self._sees = self._can_tell(beat)
        if not self._sees:
            return
        with self._store.writing() as session:
            silent = silent_nodes(session, beat.moment - timedelta(seconds=self._settings.dead_seconds))
            dead = [node for node in silent if node.id != self._me.node_id]
            if not dead:
                return
            # The row stays locked until everything of the node is in line again: if this node dies, another goes on.
            held = self._dispatcher.held()
            for node in dead:
                log.warning("node %s has died; its jobs are taken over", node.id)
                self._take_over(held.get(node.executor, ()), node.id)
                session.delete(node)

    def _can_tell(self, beat: Beat) -> bool:
        """Tell whether the silence of others says anything: after one of its own a node listens for a while.

        When the database has been away, nobody could say that he lives.
        """
        patience = timedelta(seconds=self._settings.dead_seconds)
        if self._blind_until is None or beat.was_buried or beat.silence > patience:
            self._blind_until = beat.moment + patience
        return beat.moment >= self._blind_until

    def begin(self) -> None:
        """Take over at once what an earlier run of this process has left, where nobody else can be at work."""
        if self._alone:
            self.adopt()

    def adopt(self) -> None:
        """Take over what is held by executors that are no nodes, and what nodes work on that are not there."""
        if not self._sees:
            return
        # What is held is asked first: whoever takes a ticket has been a node for some time.
        held = self._dispatcher.held()
        with self._store.reading() as session:
            nodes = session.scalars(select(NodeRow)).all()
        executors = {self._me.executor} if self._alone else {node.executor for node in nodes}
        for executor, tickets in held.items():
            if executor not in executors:
                self._take_over(tickets, None)
        for node_id in self._strangers({node.id for node in nodes}):
            self._take_over((), node_id)

    def _strangers(self, known: Collection[str]) -> Sequence[str | None]:
        with self._store.reading() as session:
            names = select(JobRow.node_id).where(JobRow.dispatch == "taken", JobRow.node_id.not_in(known)).distinct()
            return session.scalars(names).all()

    def recover(self, at_work: Callable[[], Collection[str]]) -> None:
        """Put back the jobs of this node that no thread of it works on: what did has failed.

        Args:
            at_work: Returns the tickets that it works on.
        """
        with self._store.reading() as session:
            mine = select(JobRow).where(JobRow.dispatch == "taken", JobRow.node_id == self._me.node_id)
            tickets = [Ticket(job.id, job.ticket, job.rank) for job in session.scalars(mine)]
        # Asked afterwards: what has ended meanwhile is not put back, for its ticket counts no more.
        names = at_work()
        self._put_back([ticket for ticket in tickets if ticket.name not in names])

    def _take_over(self, held: Sequence[Ticket], node_id: str | None) -> None:
        """Put everything of an executor back in line: what it worked on, and what waited for a place there."""
        tickets = {ticket.name: ticket for ticket in held}
        if node_id is not None:
            with self._store.reading() as session:
                jobs = session.scalars(select(JobRow).where(JobRow.dispatch == "taken", JobRow.node_id == node_id))
                tickets |= {each.name: each for each in (Ticket(job.id, job.ticket, job.rank) for job in jobs)}
        self._put_back(list(tickets.values()))

    def _put_back(self, tickets: Sequence[Ticket]) -> None:
        for start in range(0, len(tickets), _SLICE):
            some = tickets[start : start + _SLICE]
            with self._store.writing() as session:
                issued = [ticket for each in some if (ticket := self._again(session, each)) is not None]
            self._dispatcher.withdraw([ticket.name for ticket in some])
            self._line.send(issued)

    def _again(self, session: Session, ticket: Ticket) -> Ticket | None:
        """Put a job back, or bury it with the last of the nodes that died of it; return its new ticket."""
        job = session.get(JobRow, ticket.job_id, with_for_update=True)
        if job is None or job.ticket != ticket.number or job.status not in ("queued", "running"):
            return None
        if job.status == "running":
            job.deaths += 1
            error = {"code": "unavailable", "message": "The node died while it worked on the job", "hint": None}
            if job.cancel_requested:
                end(session, job, Result("cancelled", error))
                return None
            if job.deaths >= self._settings.most_deaths:
                message = f"{job.deaths} nodes died while they worked on the job"
                end(session, job, Result("dead", {**error, "code": "engine_crash", "message": message}))
                return None
            close_attempt(session, job, "lost", error)
        put_back(job, due_at=now())
        return issue(session, job, self._settings)
