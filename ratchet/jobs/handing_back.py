"""A job whose task a node does not have: handed back for others, and given up once none of them seems to have it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ratchet.errors import Cancelled, InvalidTask, NotFound, NotPermitted
from ratchet.execution.calls import FindTask
from ratchet.jobs.backoff import by_chance, delay_before
from ratchet.jobs.finding import FindSource
from ratchet.jobs.life import close_attempt, end, put_back
from ratchet.jobs.result import result_of_refusal
from ratchet.store.clock import now_in
from ratchet.store.job_models import AttemptRow, JobRow, NodeRow
from ratchet.task.model import Task
from ratchet.values import JsonObject

MOST_REFUSALS = 12
_FIRST_SECONDS, _MOST_SECONDS = 1.0, 60.0


class NotHere(Exception):
    """This node does not have what a job asks for; another may."""


def task_of(job: JobRow, find: FindSource) -> tuple[Task, FindTask]:
    """Return the task of a job, and what finds the tasks that it calls.

    Raises:
        NotHere: It is not there, is broken or was not accepted, or is not the one that was asked for.
        Unavailable, TaskDisabled: It is no matter of this node.
    """
    address = job.address if job.digest is None or "@" in job.address else f"{job.address}@{job.version}"
    try:
        task, find_task = find(address)
    except (NotFound, InvalidTask, NotPermitted) as error:
        raise NotHere(error.message) from None
    if job.digest not in (None, task.digest):
        raise NotHere(f"`{job.task}` is {task.digest} here, and {job.digest} was asked for")
    return task, find_task


def hand_back(session: Session, job: JobRow, reason: str) -> None:
    """Put a job back in line for another node, later and later, and say why; or let it end."""
    job.refusals += 1
    if job.cancel_requested:
        end(session, job, result_of_refusal(Cancelled("It was cancelled")))
    elif job.refusals > MOST_REFUSALS and not _is_any_left(session, job):
        end(session, job, result_of_refusal(NotFound("No node has the task that was asked for", hint=reason)))
    else:
        error: JsonObject = {"code": "not_found", "message": reason, "hint": None}
        close_attempt(session, job, "returned", error)
        wait = delay_before(job.refusals, _FIRST_SECONDS, _MOST_SECONDS, by_chance)
        put_back(session, job, due_at=now_in(session) + timedelta(seconds=wait))
        job.error = error


def _is_any_left(session: Session, job: JobRow) -> bool:
    """Tell whether a node is at work that has not handed the job back: one that is busy may have the task."""
    returned = select(AttemptRow.node_id).where(AttemptRow.job_id == job.id, AttemptRow.status == "returned")
    others = (NodeRow.status == "active", NodeRow.id != job.node_id, NodeRow.id.not_in(returned))
    return session.execute(select(NodeRow.id).where(*others).limit(1)).first() is not None
