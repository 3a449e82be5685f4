"""Print what comes of cases as they end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType

from ratchet.cases.coverage import TaskCoverage
from ratchet.cases.model import Result, Suite
from ratchet.cases.mutate import Mutation
from ratchet.cases.report import Report, Unloaded
from ratchet.cli.annotations import annotate
from ratchet.cli.case_lines import render_result, render_summary
from ratchet.cli.coverage_lines import render_coverage
from ratchet.cli.late_bar import LateBar
from ratchet.cli.mutant_lines import render_mutation
from ratchet.cli.report import inert, inert_line, render_count, render_problem
from ratchet.cli.terminal import has_person, is_agent, paint_for
from ratchet.values import Problem


class CaseOutput:
    """Prints cases, in a `with` block that ends with the last of them.

    Args:
        total: How many cases there are.
        quiet: Whether somebody reads a report in place of this.
    """

    def __init__(self, total: int, *, quiet: bool) -> None:
        self._bar = LateBar(total)
        self._quiet = quiet
        self._brief = is_agent()
        self._paint = paint_for(sys.stdout)
        self._broken: set[str] = set()

    def __enter__(self) -> CaseOutput:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def loaded(self, suites: Sequence[Suite], unloaded: Sequence[Unloaded]) -> None:
        """Print what is wrong with tasks and the files of their cases, and which tasks have no case."""
        for task in unloaded:
            self._problems(task.path, task.problems)
        for suite in suites:
            if suite.problems:
                self._problems(suite.task.location, suite.problems)
            elif not suite.cases and not self._brief:
                self._print(f"no case {inert_line(suite.task.location)}")

    def result(self, result: Result) -> None:
        """Print a case; of a task that cannot run, only the first."""
        self._bar.advance()
        if result.status == "broken":
            if result.task.location not in self._broken:
                self._broken.add(result.task.location)
                self._problems(result.task.location, [reason.to_problem() for reason in result.reasons])
            return
        if result.failed or not self._brief:
            self._print(render_result(result, self._paint, with_time=has_person(sys.stdout)))
        if result.failed and not self._quiet:
            annotate([reason.to_problem() for reason in result.reasons])

    def difference(self, lines: Sequence[str]) -> None:
        """Print how a file of cases has changed."""
        for line in lines:
            role = {"-": "error", "+": "ok"}.get(line[:1])
            shown = inert(line.rstrip("\n"))
            self._print(self._paint(role, shown) if role else shown)

    def coverage(self, coverage: TaskCoverage) -> None:
        """Print which lines of a task ran."""
        for file in coverage.files:
            self._print(render_coverage(file, self._paint))

    def mutation(self, mutation: Mutation) -> None:
        """Print what came of the mutants of a task."""
        if mutation.unnoticed or not self._brief:
            self._print(render_mutation(mutation, self._paint))
        if mutation.unnoticed and not self._quiet:
            annotate([unnoticed.to_problem() for unnoticed in mutation.unnoticed])

    def summary(self, report: Report) -> None:
        """Print the counts."""
        sys.stdout.flush()
        print(render_summary(report, paint_for(sys.stderr)), file=sys.stderr)

    def _problems(self, path: str, problems: Sequence[Problem]) -> None:
        broken = any(problem.severity == "error" for problem in problems)
        if not broken and self._brief:
            return
        word = self._paint("error", "broken") if broken else self._paint("warning", "odd") + "   "
        lines = [f"{word}  {inert_line(path)}: {render_count(len(problems))}"]
        for problem in problems:
            lines += render_problem(problem, self._paint)
        self._print("\n".join(lines))
        if not self._quiet:
            annotate(problems)

    def _print(self, text: str) -> None:
        if not self._quiet:
            self._bar.print(text)
