"""What came of a set of cases, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ratchet.cases.coverage import TaskCoverage
from ratchet.cases.model import Result, Status, Suite
from ratchet.cases.mutate import Mutation
from ratchet.errors import CaseFailed, InvalidTask, Mismatch, RatchetError
from ratchet.values import Problem


class Unloaded(NamedTuple):
    """A task that could not be loaded.

    Args:
        path: As the user typed it.
    """

    path: str
    problems: tuple[Problem, ...]


class Report(NamedTuple):
    """What came of a set of cases.

    Args:
        suites: The tasks that were loaded.
        unloaded: Those that were not.
        results: In the order of the cases.
        left_out: How many cases a filter, an `only` or an early end left out.
        mutations: What came of mutants, where they were asked for.
        coverages: Which lines ran, where that was asked for.
    """

    suites: tuple[Suite, ...]
    unloaded: tuple[Unloaded, ...]
    results: tuple[Result, ...]
    duration_seconds: float
    left_out: int = 0
    mutations: tuple[Mutation, ...] = ()
    coverages: tuple[TaskCoverage, ...] = ()

    def count(self, *statuses: Status) -> int:
        """Return how many cases ended in one of these ways."""
        return sum(result.status in statuses for result in self.results)

    @property
    def broken(self) -> int:
        """How many tasks could not be loaded, or have a case that could not."""
        broken = {result.task.location for result in self.results if result.status == "broken"}
        broken |= {suite.task.location for suite in self.suites if _has_errors(suite.problems)}
        return len(broken) + len(self.unloaded)

    @property
    def vacuous(self) -> int:
        """How many tasks have a mutant of which no case noticed."""
        return sum(bool(mutation.unnoticed) for mutation in self.mutations)

    def failure(self) -> RatchetError | None:
        """Return what is wrong with the whole: None where at least one case passed and none failed."""
        failed, ran = self.count("failed", "flaky"), self.count("passed", "failed", "flaky", "updated")
        if self.broken:
            return InvalidTask(f"{_number(self.broken, 'task')} or some of its cases could not be loaded")
        if failed:
            return CaseFailed(f"{failed} of {_number(ran, 'case')} failed")
        if not ran:
            return _no_case(self)
        if self.vacuous:
            return CaseFailed(f"The cases of {_number(self.vacuous, 'task')} stay green while the task is wrong")
        return None


def _no_case(report: Report) -> Mismatch:
    if report.left_out:
        return Mismatch("No case fits", hint="Leave `--filter` out to run all of them")
    if report.results:
        return Mismatch("Every case is skipped", hint="Take `skip` out of one of them")
    return Mismatch("There is no case to run", hint="Write one as `tests/NAME.json` in the folder of the task")


def _has_errors(problems: Sequence[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"
