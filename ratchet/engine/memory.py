"""How much memory this process has needed so far."""

from __future__ import annotations

import sys

try:
    import resource
except ModuleNotFoundError:  # Windows
    resource = None  # type: ignore[assignment]


def peak_bytes() -> int | None:
    """Return the most memory that was resident at a time, None where the system does not tell."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def touched_bytes() -> int:
    """Return how much memory this process has touched, pages given back and taken again counted anew.

    The peak of a process that was started by `vfork` begins at that of its parent, which may hide all its own growth.
    """
    if resource is None:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize()
