"""Keys of the server in the store, as digests."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ratchet.store.columns import moment_of
from ratchet.store.models import ApiKeyRow


def key_digests(session: Session) -> Sequence[str]:
    """Return the digest of every key."""
    return session.scalars(select(ApiKeyRow.digest)).all()


def replace_keys(session: Session, digest: str) -> None:
    """Keep one key, and no other any more."""
    session.execute(delete(ApiKeyRow))
    session.add(ApiKeyRow(digest=digest, created_at=moment_of(time.time())))
