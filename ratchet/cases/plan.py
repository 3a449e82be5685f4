"""Which cases are to run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ratchet.cases.model import Case, Suite
from ratchet.cases.run import Planned
from ratchet.execution.calls import FindTask
from ratchet.task.model import Task

Fits = Callable[[Task, Case], bool]


class Plan(NamedTuple):
    """The cases to run, those that say `only`, and how many are left out."""

    planned: tuple[Planned, ...]
    only: tuple[Case, ...]
    left_out: int


def make_plan(suites: Sequence[Suite], fits: Fits, find_task: Callable[[Task], FindTask | None]) -> Plan:
    """Return the cases that fit; of these, those that say `only` where any does.

    Args:
        find_task: Returns where a task finds others to call.
    """
    every = [(suite.task, case) for suite in suites for case in suite.cases]
    fitting = [(task, case) for task, case in every if fits(task, case)]
    only = tuple(case for _, case in fitting if case.only)
    chosen = [(task, case) for task, case in fitting if case.only or not only]
    finders = {suite.task.location: find_task(suite.task) for suite in suites}
    planned = tuple(Planned(task, case, finders[task.location]) for task, case in chosen)
    return Plan(planned, only, len(every) - len(planned))


def parse_filter(text: str) -> Fits:
    """Return what tells whether a case fits: a part of its task, file or name, or a regular expression in slashes.

    Raises:
        ValueError: It is no regular expression; the message is a clause that follows the text.
    """
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        try:
            search = re.compile(text[1:-1]).search
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from None
        return lambda task, case: search(_title(task, case)) is not None
    return lambda task, case: text.lower() in _title(task, case).lower()


def _title(task: Task, case: Case) -> str:
    return f"{task.location}: {case.name} ({case.written.path})"
