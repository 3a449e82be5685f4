"""How much this machine can do at a time."""

from __future__ import annotations

import math
import os

_QUOTA = "/sys/fs/cgroup/cpu.max"
_LEAST, _MOST = 4, 64


def default_workers() -> int:
    """Return how many workers suit this machine: two for each processor, since tasks also wait."""
    return max(_LEAST, min(2 * count_processors(), _MOST))


def count_processors(quota_file: str = _QUOTA) -> int:
    """Return how many processors this process may use: by its affinity, and by the quota of its container."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open(quota_file, encoding="ascii") as file:
            quota, period = file.read().split()
            return max(1, min(count, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # Not Linux, no container, or `max`: no quota.
        return count
