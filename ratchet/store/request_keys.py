"""Idempotency keys of requests that run a task: which execution came of each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ratchet.store.clock import now_in
from ratchet.store.models import RequestKeyRow
from ratchet.store.upsert import upsert


def find_key(session: Session, key: str) -> RequestKeyRow | None:
    """Return what a key has been used for."""
    return session.scalar(select(RequestKeyRow).where(RequestKeyRow.key == key))


def claim_key(session: Session, key: str, digest: str, execution_id: str) -> RequestKeyRow:
    """Note what a key is used for from now on, and return what counts: another's claim, which came first, stays."""
    row = {"key": key, "digest": digest, "execution_id": execution_id, "created_at": now_in(session)}
    upsert(session, RequestKeyRow, [row], replace=False)
    return session.get_one(RequestKeyRow, key)


def release_keys(session: Session, execution_ids: Sequence[str]) -> None:
    """Forget the keys of executions that are not there."""
    session.execute(delete(RequestKeyRow).where(RequestKeyRow.execution_id.in_(execution_ids)))
