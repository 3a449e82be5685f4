"""A process that works on jobs: it says that it lives, takes over from those that died, and keeps the line moving."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ratchet.errors import NotFound, Unavailable
from ratchet.jobs.dispatch import Dispatcher
from ratchet.jobs.document import moment_text, node_json
from ratchet.jobs.firing import Firing
from ratchet.jobs.line import Line
from ratchet.jobs.membership import Me, beat, drain, join, leave
from ratchet.jobs.retention import forget_ended
from ratchet.jobs.rounds import Rounds
from ratchet.jobs.settings import JobSettings
from ratchet.jobs.slots import Slots
from ratchet.jobs.takeover import Takeover
from ratchet.jobs.work import Work
from ratchet.store.job_models import JobRow, NodeRow
from ratchet.store.store import Store
from ratchet.task.text import printable
from ratchet.values import JsonObject

log = logging.getLogger(__name__)
_WATCH_SECONDS = 0.5
_FIRE_SECONDS = 1.0
_ADOPT_SECONDS = 10.0
_TIDY_SECONDS = 60.0
_HAND_BACK_SECONDS = 10.0


class Node:
    """Works on the jobs of a store from `start` to `close`.

    Args:
        workers: Tells what the workers of this process do.
    """

    def __init__(
        self,
        store: Store,
        dispatcher: Dispatcher,
        settings: JobSettings,
        slots: Slots,
        line: Line,
        work: Work,
        takeover: Takeover,
        firing: Firing,
        me: Me,
        workers: Callable[[], JsonObject],
    ) -> None:
        self.me = me
        self._store = store
        self._dispatcher = dispatcher
        self._settings = settings
        self._slots = slots
        self._line = line
        self._work = work
        self._takeover = takeover
        self._workers = workers
        self._on_disk = 0
        self._rounds = [
            Rounds("ratchet-beat", {self._beat: settings.beat_seconds}),
            Rounds("ratchet-watch", {self._watch: _WATCH_SECONDS}),
        ]
        # What is due does not wait for what is done about the rest, which waits for the disk.
        self._handing_out = Rounds("ratchet-jobs", {firing.fire_due: _FIRE_SECONDS, self._line.release: _FIRE_SECONDS})
        self._tidying = Rounds(
            "ratchet-line",
            {
                self._line.settle: settings.beat_seconds,
                self._adopt: _ADOPT_SECONDS,
                self._line.sweep: _TIDY_SECONDS,
                self._forget: _TIDY_SECONDS,
            },
        )

    def start(self) -> None:
        """Become a node, take over what an earlier run of this process has left, and begin to work; or be none."""
        try:
            with self._store.writing() as session:
                join(session, self.me, self._slots.count, self._workers())
            self._dispatcher.start(self._work.run)
            self._takeover.begin()
        except BaseException:
            self.close()
            raise
        for rounds in (*self._rounds, self._handing_out, self._tidying):
            rounds.start()

    def close(self) -> None:
        """Take no more jobs, wait for those at work as long as the settings say, put back the rest, and leave."""
        self._say(drain)
        self._slots.close()
        # What is at work is watched to the end; nothing is asked of a dispatcher that is about to close.
        self._handing_out.close()
        self._tidying.close()
        patience = threading.Timer(self._settings.drain_seconds, self._work.stop)
        patience.daemon = True
        patience.start()
        try:
            self._dispatcher.close(seconds=self._settings.drain_seconds + _HAND_BACK_SECONDS)
        finally:
            patience.cancel()
            for rounds in self._rounds:
                rounds.close()
        self._say(leave)

    def _say(self, word: Callable[[Session, Me], None]) -> None:
        """Say something to the others; without the database they find out by the silence."""
        try:
            with self._store.writing(losable=True) as session:
                word(session, self.me)
        except Unavailable as error:
            log.warning("%s", error.message)

    def _beat(self) -> None:
        """Say that this node lives, and take what its jobs have come to since to the disk."""
        ended = self._work.ended
        with self._store.writing(losable=ended == self._on_disk) as session:
            said = beat(
                session,
                self.me,
                self._slots.count,
                running=len(self._work.at_work()),
                completed=self._work.completed,
                workers=self._workers(),
            )
        self._on_disk = ended
        self._store.set_clock(said.moment)
        self._takeover.bury(said)

    def _watch(self) -> None:
        """Stop executions whose job has been cancelled, or has been given to another node."""
        at_work = {each.ticket.job_id: each for each in self._work.at_work()}
        if not at_work:
            return
        known = select(JobRow.id, JobRow.ticket, JobRow.cancel_requested).where(JobRow.id.in_(at_work))
        with self._store.reading() as session:
            for job_id, ticket, cancelled in session.execute(known):
                if cancelled or ticket != at_work[job_id].ticket.number:
                    at_work[job_id].cancellation.cancel()

    def _adopt(self) -> None:
        self._takeover.adopt()
        self._takeover.recover(lambda: [each.ticket.name for each in self._work.at_work()])

    def _forget(self) -> None:
        if self._settings.keep_seconds is None:
            return
        removed = forget_ended(self._store, self._settings.keep_seconds)
        if removed:
            log.info("%d jobs that ended long ago have been removed", removed)


def the_node(nodes: Sequence[JsonObject], node_id: str) -> JsonObject:
    """Return what a list says of one node.

    Raises:
        NotFound: It has none of this id.
    """
    for node in nodes:
        if node["id"] == node_id:
            return node
    raise NotFound(
        f"There is no node `{printable(node_id, 64)}`", hint="`GET /api/v1/nodes` shows those that work on jobs"
    )


def list_nodes(store: Store) -> list[JsonObject]:
    """Return every node, with what it works on."""
    with store.reading() as session:
        nodes = session.scalars(select(NodeRow).order_by(NodeRow.started_at, NodeRow.id)).all()
        taken = session.execute(select(JobRow.node_id, JobRow.id, JobRow.task).where(JobRow.dispatch == "taken")).all()
    return [
        {**node_json(node), "jobs": [{"id": job, "task": task} for name, job, task in taken if name == node.id]}
        for node in nodes
    ]


def list_workers(store: Store) -> list[JsonObject]:
    """Return what the workers of every node do, as it has last said."""
    with store.reading() as session:
        nodes = session.scalars(select(NodeRow).order_by(NodeRow.started_at, NodeRow.id)).all()
    return [
        {"id": node.id, **node.workers, "memory_bytes": node.memory_bytes, "beat_at": moment_text(node.beat_at)}
        for node in nodes
        if node.workers is not None
    ]


def node_of(store: Store, execution_id: str) -> str | None:
    """Return the node that has last said that it runs an execution; None where none has.

    Args:
        execution_id: Or the beginning of one.
    """
    for node in list_workers(store):
        if any(each["id"].startswith(execution_id) for each in node["executions"]):
            found: str = node["id"]
            return found
    return None
