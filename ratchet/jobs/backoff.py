"""Whether a failure may pass by itself, and how long to wait for that."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ratchet.execution.document import ExecutionError

_CODES = frozenset({"time_limit", "unavailable"})
_NAMES = frozenset({"NetworkError", "TimeoutError", "RateLimitError", "ServiceUnavailableError"})
_STATUSES = frozenset({429, 503})
_STAYING = frozenset({"not_permitted", "too_large", "redirect"})


def is_retryable(error: ExecutionError) -> bool:
    """Tell whether the same input may succeed later: the network, a busy server or the time was to blame."""
    if error.code != "script_error":
        return error.code in _CODES
    if isinstance(error.details, dict) and error.details.get("code") in _STAYING:
        # A `NetworkError` too, though not of the network.
        return False
    return error.status in _STATUSES or (error.status is None and error.name in _NAMES)


def delay_before(retry: int, first_seconds: float, most_seconds: float, chance: Callable[[], float]) -> float:
    """Return how long to wait before a retry: twice as long each time, between half of that and all of it.

    Args:
        retry: 1 for the first.
        chance: Returns a number from 0 to 1; jobs that failed together do not come back together.
    """
    whole = min(most_seconds, first_seconds * 2.0 ** min(retry - 1, 62))
    return whole * (0.5 + chance() / 2)


def by_chance() -> float:
    """Return a number from 0 to 1."""
    return random.random()
