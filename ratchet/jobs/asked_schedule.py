"""A schedule as somebody asks for it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ratchet.errors import InvalidInput
from ratchet.jobs.asked import DEFAULT_QUEUE, check_queue, check_retries
from ratchet.jobs.cron import parse_rule
from ratchet.jobs.priority import NAMES
from ratchet.jobs.words import MISFIRES, OVERLAPS
from ratchet.task.text import printable
from ratchet.values import Json

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MOST_EXECUTIONS = 1_000_000_000


class AskedSchedule(NamedTuple):
    """A schedule as somebody asks for it.

    Args:
        task: The name of a task, with a source or a version where those matter.
        cron, time_zone: See `ratchet.jobs.cron`.
        overlap, misfire: See `ScheduleRow`.
        max_executions: Jobs that it may make; None for any number.
        record: See `ratchet.jobs.asked`.
    """

    name: str
    task: str
    cron: str
    input: Json = {}  # noqa: RUF012 Read only.
    time_zone: str = "UTC"
    queue: str = DEFAULT_QUEUE
    priority: int = NAMES["normal"]
    max_retries: int | None = None
    overlap: str = "skip"
    misfire: str = "skip"
    max_executions: int | None = None
    record: bool = False
    enabled: bool = True

    def check(self) -> None:
        """Refuse what no schedule can have.

        Raises:
            InvalidInput: A value is out of range, or is no rule.
        """
        if not _NAME.fullmatch(self.name):
            hint = "It has up to 64 lower-case letters, digits, `.`, `_` and `-`"
            raise InvalidInput(f"`{printable(self.name)}` is no name of a schedule", hint=hint)
        check_queue(self.queue)
        check_retries(self.max_retries)
        for name, value, words in (("overlap", self.overlap, OVERLAPS), ("misfire", self.misfire, MISFIRES)):
            if value not in words:
                listed = ", ".join(f"`{word}`" for word in words)
                raise InvalidInput(f"`{name}` is `{printable(value)}`, not one of {listed}")
        if self.max_executions is not None and not 1 <= self.max_executions <= _MOST_EXECUTIONS:
            raise InvalidInput(f"`max_executions` is not a whole number from 1 to {_MOST_EXECUTIONS:,}")
        parse_rule(self.cron, self.time_zone)
