"""A call of a task that works, as its cases know it."""

from __future__ import annotations

import json

from ratchet.cases.load import load_suite
from ratchet.task.model import Task
from ratchet.values import JsonObject

_LONGEST = 500


def example_of(task: Task) -> JsonObject | None:
    """Return the input of the first case that is to succeed, where it is a short object; None without one."""
    for case in load_suite(task).cases:
        fails = case.should_fail or case.expected_error is not None
        if not fails and isinstance(case.input, dict) and len(json.dumps(case.input)) <= _LONGEST:
            return case.input
    return None
