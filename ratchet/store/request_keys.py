"""Idempotency keys of requests that run a task: which execution came of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from ratchet.store.clock import now_in
from ratchet.store.models import ExecutionRow, RequestKeyRow
from ratchet.store.upsert import upsert


def find_key(session: Session, key: str) -> RequestKeyRow | None:
    """Return what a key has been used for."""
    return session.scalar(select(RequestKeyRow).where(RequestKeyRow.key == key))


def claim_key(session: Session, key: str, digest: str, execution_id: str) -> RequestKeyRow:
    """Note what a key is used for from now on, and return what counts: another's claim, which came first, stays."""
    row = {"key": key, "digest": digest, "execution_id": execution_id, "created_at": now_in(session)}
    upsert(session, RequestKeyRow, [row], replace=False)
    return session.get_one(RequestKeyRow, key)


def first_id(moment: datetime) -> str:
    """Return what sorts before every id of an execution that is claimed from a moment on, and after all others."""
    digits = f"{int(moment.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def lost_ids(session: Session, since: str, until: str) -> Sequence[str]:
    """Return the ids of executions that have a key and are not there, in a range of ids."""
    claimed = RequestKeyRow.execution_id
    is_there = exists().where(ExecutionRow.id == claimed)
    return session.scalars(select(claimed).where(claimed >= since, claimed < until, ~is_there)).all()


def release_keys(session: Session, execution_ids: Sequence[str]) -> None:
    """Forget the keys of executions that are not there."""
    session.execute(delete(RequestKeyRow).where(RequestKeyRow.execution_id.in_(execution_ids)))
