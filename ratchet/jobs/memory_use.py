"""How much memory this process takes."""

from __future__ import annotations

import os
import sys


def memory_bytes() -> int | None:
    """Return the memory that this process takes now, None where the system does not tell."""
    if sys.platform == "linux":
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None
