"""The words that jobs and schedules are described by."""

from __future__ import annotations

ENDED = ("completed", "failed", "cancelled", "dead")
STATUSES = ("queued", "running", *ENDED)
OVERLAPS = ("skip", "queue", "parallel")
MISFIRES = ("skip", "run_once", "run_all")
