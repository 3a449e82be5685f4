"""Which lines of tasks their cases run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ratchet.cases.model import Result
from ratchet.cases.run import Planned
from ratchet.cases.survey import SurveyedSources, survey_task
from ratchet.errors import InvalidTask
from ratchet.execution.runtime import Runtime
from ratchet.task.model import Task


class FileCoverage(NamedTuple):
    """Which lines of a file ran.

    Args:
        path: As a user would type it.
        runs: For each line on which a statement begins, in how many cases it ran.
    """

    path: str
    runs: Mapping[int, int]

    @property
    def covered(self) -> int:
        """How many of the lines ran."""
        return sum(count > 0 for count in self.runs.values())

    @property
    def percent(self) -> float:
        """The part of the lines that ran; all of none."""
        return round(100 * self.covered / len(self.runs), 1) if self.runs else 100.0

    @property
    def uncovered(self) -> list[tuple[int, int]]:
        """The first and last line of each stretch without a line that ran."""
        stretches: list[tuple[int, int]] = []
        last_ran = True
        for line in sorted(self.runs):
            if self.runs[line] == 0:
                stretches = [*stretches[:-1], (stretches[-1][0], line)] if not last_ran else [*stretches, (line, line)]
            last_ran = self.runs[line] > 0
        return stretches


class TaskCoverage(NamedTuple):
    """Which lines of a task ran."""

    task: Task
    files: tuple[FileCoverage, ...]


class Counted(NamedTuple):
    """Cases whose tasks count their statements.

    Args:
        surveys: By the location of the task; one that cannot be read is not among them.
    """

    planned: tuple[Planned, ...]
    surveys: Mapping[str, tuple[Task, SurveyedSources]]


def count_statements(runtime: Runtime, planned: Sequence[Planned]) -> Counted:
    """Return cases that run on the same sources, whose statements say that they run."""
    surveys: dict[str, tuple[Task, SurveyedSources]] = {}
    for task in {one.task.location: one.task for one in planned}.values():
        try:
            surveys[task.location] = task, survey_task(runtime, task)
        except InvalidTask:
            continue  # Its cases say so when they run.
    sources = {location: surveyed.counted for location, (_, surveyed) in surveys.items()}
    return Counted(tuple(one._replace(sources=sources.get(one.task.location)) for one in planned), surveys)


def cover(counted: Counted, results: Sequence[Result]) -> Iterator[TaskCoverage]:
    """Yield which lines of each task ran."""
    for location, (task, surveyed) in counted.surveys.items():
        ran: Counter[int] = Counter()
        for result in results:
            if result.task.location == location and result.execution is not None:
                ran.update(result.execution.ran)
        yield TaskCoverage(task, tuple(_files(task, surveyed, ran)))


def _files(task: Task, surveyed: SurveyedSources, ran: Mapping[int, int]) -> Iterator[FileCoverage]:
    for path, survey in surveyed.surveys.items():
        runs: dict[int, int] = {}
        for number, line in enumerate(survey.lines, survey.first):
            runs[line] = max(runs.get(line, 0), ran.get(number, 0))
        yield FileCoverage(task.path_of(path), runs)


def render_lcov(coverages: Sequence[TaskCoverage]) -> str:
    """Return coverage as a tracefile of LCOV (geninfo, "TRACEFILE FORMAT"); a line's count is that of its cases."""
    lines: list[str] = []
    for file in (file for coverage in coverages for file in coverage.files):
        lines += ["TN:", f"SF:{file.path}"]
        lines += [f"DA:{line},{count}" for line, count in sorted(file.runs.items())]
        lines += [f"LF:{len(file.runs)}", f"LH:{file.covered}", "end_of_record"]
    return "\n".join(lines)
