"""The words that jobs, schedules and nodes are described by."""

from __future__ import annotations

ENDED = ("completed", "failed", "cancelled", "dead")
STATUSES = ("queued", "running", *ENDED)
OVERLAPS = ("skip", "queue", "parallel")
MISFIRES = ("skip", "run_once", "run_all")
NODE_STATUSES = ("active", "draining")
