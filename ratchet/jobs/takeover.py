"""Take over the jobs of nodes that have died; the engine does not do so by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from ratchet.jobs.dispatch import Dispatcher, Ticket
from ratchet.jobs.life import close_attempt, end, put_back
from ratchet.jobs.line import Line
from ratchet.jobs.membership import Beat, Me, silent_nodes
from ratchet.jobs.result import Result
from ratchet.jobs.settings import JobSettings
from ratchet.store.clock import now_in
from ratchet.store.job_models import JobRow, NodeRow
from ratchet.store.store import Store

log = logging.getLogger(__name__)


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
        if beat.silence < timedelta(0):
            self.recall()
        if self._alone:
            return
        self._sees = self._can_tell(beat)
        if not self._sees:
            return
        lost: list[Ticket] = []
        with self._store.writing() as session:
            silent = silent_nodes(session, beat.moment, timedelta(seconds=self._settings.dead_seconds))
            dead = [node for node in silent if node.id != self._me.node_id]
            held = self._dispatcher.held() if dead else {}
            for node in dead:
                log.warning("node %s has died; its jobs are taken over", node.id)
                lost += held.get(node.executor, ())
                lost += _tickets(session, JobRow.node_id == node.id)
                session.delete(node)
            self._put_back(session, lost)
        self._go_on(lost)

    def _can_tell(self, beat: Beat) -> bool:
        """Tell whether the silence of others says anything: after one of its own a node listens for a while.

        When the database has been away, nobody could say that he lives; when its clock was set, it cannot be told since
        when nobody has.
        """
        patience = timedelta(seconds=self._settings.dead_seconds)
        if self._blind_until is None or beat.was_buried or not timedelta(0) <= beat.silence <= patience:
            self._blind_until = beat.moment + patience
        return beat.moment >= self._blind_until

    def begin(self) -> None:
        """Take over at once what an earlier run of this process has left, where nobody else can be at work."""
        if self._alone:
            self.adopt()
            self.recall()

    def recall(self) -> None:
        """Let jobs run that were to be tried again later, by a clock that has been set back since.

        How long they have waited cannot be told; they would wait for as much longer.
        """
        with self._store.writing() as session:
            waiting = (JobRow.status == "queued", JobRow.dispatch == "held", JobRow.attempts > 0)
            late = update(JobRow).where(*waiting, JobRow.changed_at > now_in(session))
            session.execute(late.values(due_at=now_in(session), changed_at=now_in(session)))

    def adopt(self) -> None:
        """Take over what is held by executors that are no nodes, and what nodes work on that are not there."""
        if not self._sees:
            return
        # What is held is asked first: whoever takes a ticket has been a node for some time.
        held = self._dispatcher.held()
        with self._store.reading() as session:
            nodes = session.scalars(select(NodeRow.executor)).all()
            lost = _tickets(session, JobRow.node_id.not_in(select(NodeRow.id)))
        executors = {self._me.executor} if self._alone else set(nodes)
        for executor, tickets in held.items():
            if executor not in executors:
                lost += tickets
        self._take_over(lost)

    def recover(self, at_work: Callable[[], Collection[str]]) -> None:
        """Put back the jobs of this node that no thread of it works on: what did has failed.

        Args:
            at_work: Returns the tickets that it works on.
        """
        with self._store.reading() as session:
            mine = _tickets(session, JobRow.node_id == self._me.node_id)
        # Asked afterwards: what has ended meanwhile is not put back, for its ticket counts no more.
        names = at_work()
        self._take_over([ticket for ticket in mine if ticket.name not in names])

    def _take_over(self, lost: Sequence[Ticket]) -> None:
        if not lost:
            return
        with self._store.writing() as session:
            self._put_back(session, lost)
        self._go_on(lost)

    def _put_back(self, session: Session, lost: Iterable[Ticket]) -> None:
        """Put jobs back whose tickets these still are; whoever looks for such jobs next gives them new ones."""
        by_name = {ticket.name: ticket for ticket in lost}
        # Always in the same order, so that two nodes cannot wait for each other.
        for _, ticket in sorted(by_name.items()):
            job = session.get(JobRow, ticket.job_id, with_for_update=True)
            if job is None or job.ticket != ticket.number:
                continue
            if job.status == "running":
                self._count_death(session, job)
            elif job.status == "queued":
                put_back(session, job)

    def _count_death(self, session: Session, job: JobRow) -> None:
        """Put a job back, or bury it with the last of the nodes that died of it."""
        job.deaths += 1
        error = {"code": "unavailable", "message": "The node died while it worked on the job", "hint": None}
        if job.cancel_requested:
            end(session, job, Result("cancelled", error))
        elif job.deaths >= self._settings.most_deaths:
            message = f"{job.deaths} nodes died while they worked on the job"
            end(session, job, Result("dead", {**error, "code": "engine_crash", "message": message}))
        else:
            close_attempt(session, job, "lost", error)
            put_back(session, job)

    def _go_on(self, lost: Sequence[Ticket]) -> None:
        """Drop the old tickets and give out new ones, which other nodes do if this one dies first."""
        if lost:
            self._dispatcher.withdraw([ticket.name for ticket in lost])
            self._line.release()


def _tickets(session: Session, by_whom: ColumnElement[bool]) -> list[Ticket]:
    """Return the tickets of jobs that some nodes work on."""
    taken = select(JobRow.id, JobRow.ticket, JobRow.rank).where(JobRow.dispatch == "taken", by_whom)
    return [Ticket(*row) for row in session.execute(taken)]
