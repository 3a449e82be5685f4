"""Which ticks of a schedule make a job now, and what becomes of those at which nobody was there."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from ratchet.jobs.cron import Rule, ticks_after

GRACE = timedelta(seconds=30)
"""How late a tick may be taken for one that came in time."""

_MOST = 1000


class Due(NamedTuple):
    """What to do about a schedule now.

    Args:
        ticks: Those that make a job, in order.
        next_at: The first tick after them; None where there is none any more.
    """

    ticks: tuple[datetime, ...]
    next_at: datetime | None


def find_due(rule: Rule, next_at: datetime, now: datetime, misfire: str) -> Due:
    """Return the ticks that are due, and the next one.

    Args:
        next_at: The first tick that nobody has dealt with.
        misfire: What becomes of ticks that are late by more than `GRACE`: none makes a job (`skip`), the first makes
            one for all of them (`run_once`), or each makes its own (`run_all`), a thousand at a time.
    """
    if next_at > now:
        return Due((), next_at)
    recent = now - GRACE
    if misfire == "run_all" or next_at >= recent:
        ticks, start = [next_at], next_at
    else:
        # Years of missed ticks are passed over without counting them.
        ticks, start = ([next_at] if misfire == "run_once" else []), recent - timedelta(milliseconds=1)
    following: datetime | None = None
    for tick in islice(ticks_after(rule, start), _MOST):
        if tick > now:
            following = tick
            break
        ticks.append(tick)
    else:
        if len(ticks) > _MOST:
            following = ticks.pop()
    return Due(tuple(ticks), following)
