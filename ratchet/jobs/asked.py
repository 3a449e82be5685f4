"""What a job is asked for with, checked before anything is kept."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import NamedTuple

from ratchet.errors import InvalidInput
from ratchet.jobs.priority import NAMES
from ratchet.task.text import printable
from ratchet.values import Json

DEFAULT_QUEUE = "default"
MOST_RETRIES = 100
MOST_BACKOFF_SECONDS = 86_400.0
_QUEUE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
IDEMPOTENCY_KEY = "^[!-~]{1,255}$"
"""What a key looks like, of jobs and of executions: visible ASCII characters."""
_LATEST = datetime.fromisoformat("9999-01-01T00:00:00Z")


class Asked(NamedTuple):
    """A job as somebody asks for it.

    Args:
        task: The name of a task, with a source or a version where those matter.
        priority: See `ratchet.jobs.priority`.
        scheduled_for: When it may run; None for at once.
        max_retries, backoff_seconds: None for what the operator says.
        idempotency_key: Asking again with the same one makes no second job.
        record: Keep what is needed to replay its executions, where that is not kept of all.
    """

    task: str
    input: Json
    priority: int = NAMES["normal"]
    queue: str = DEFAULT_QUEUE
    scheduled_for: datetime | None = None
    max_retries: int | None = None
    backoff_seconds: float | None = None
    idempotency_key: str | None = None
    record: bool = False

    @property
    def digest(self) -> str:
        """What two requests with one idempotency key must have in common."""
        when = None if self.scheduled_for is None else self.scheduled_for.isoformat()
        own = [self.task, self.input, self.priority, self.queue, self.record]
        facts = [*own, when, self.max_retries, self.backoff_seconds]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def check(self) -> None:
        """Refuse what no job can have.

        Raises:
            InvalidInput: A value is out of range.
        """
        check_queue(self.queue)
        check_retries(self.max_retries)
        if self.backoff_seconds is not None and not 0 <= self.backoff_seconds <= MOST_BACKOFF_SECONDS:
            raise InvalidInput(f"`backoff_seconds` is not a number from 0 to {MOST_BACKOFF_SECONDS:,.0f}")
        if self.scheduled_for is not None and (self.scheduled_for.tzinfo is None or self.scheduled_for > _LATEST):
            raise InvalidInput("`scheduled_for` is no time with an offset", hint="Write `2026-01-31T12:00:00Z`")
        if self.idempotency_key is not None and not re.fullmatch(IDEMPOTENCY_KEY, self.idempotency_key):
            raise InvalidInput("An idempotency key has 1 to 255 visible ASCII characters")


def check_queue(queue: str) -> None:
    """Refuse a name that no queue can have.

    Raises:
        InvalidInput: It is none.
    """
    if not _QUEUE.fullmatch(queue):
        hint = "It has up to 64 lower-case letters, digits, `.`, `_` and `-`"
        raise InvalidInput(f"`{printable(queue)}` is no name of a queue", hint=hint)


def check_retries(max_retries: int | None) -> None:
    """Refuse a number of retries out of range.

    Raises:
        InvalidInput: It is.
    """
    if max_retries is not None and not 0 <= max_retries <= MOST_RETRIES:
        raise InvalidInput(f"`max_retries` is not a whole number from 0 to {MOST_RETRIES}")
