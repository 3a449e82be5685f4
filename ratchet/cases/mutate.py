"""Find suites that stay green while the task is wrong: run their cases on mutants of the task."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

from ratchet.cases.alter import other_values
from ratchet.cases.judge import Outcome, judge
from ratchet.cases.model import Case, Result
from ratchet.cases.mutants import Mutant, mock_mutants, source_mutants
from ratchet.cases.run import Planned, run_case
from ratchet.cases.survey import SurveyedSources, survey_task
from ratchet.cases.wording import shown
from ratchet.execution.document import Execution
from ratchet.execution.runtime import Runtime
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.difference import equal
from ratchet.task.model import Task
from ratchet.values import Json, Problem

MOST_UNNOTICED = 3
"""After so many the suite is told, and no more mutants are run."""

_MOST_SECONDS = 30.0
_LEAST_TIMEOUT = 1.0
_SLOWER = 20
_FEWEST = 3
_SEED = "5e" * 32

Verdict = Literal["noticed", "unnoticed", "indifferent", "invalid"]


class Unnoticed(NamedTuple):
    """A mutant of which no case noticed.

    Args:
        sentence: What stays green, and with what.
    """

    sentence: str
    mutant: Mutant

    def to_problem(self) -> Problem:
        """Return it as a problem."""
        return Problem(self.sentence, self.mutant.place)


class Mutation(NamedTuple):
    """What came of the mutants of a task.

    Args:
        noticed: How many made a case fail.
        indifferent: How many made no case come to anything else.
    """

    task: Task
    noticed: int
    indifferent: int
    unnoticed: tuple[Unnoticed, ...]

    @property
    def tried(self) -> int:
        """How many mutants there were."""
        return self.noticed + self.indifferent + len(self.unnoticed)


class _Baseline(NamedTuple):
    """A case of a task as it is, in a time and with a chance that stay the same."""

    planned: Planned
    result: Result


def mutate_task(runtime: Runtime, planned: Sequence[Planned], jobs: int, cancellation: Cancellation) -> Mutation | None:
    """Run the cases of one task on its mutants; None where none of the cases passes on the task itself.

    Args:
        jobs: How many mutants at a time.

    Raises:
        InvalidTask: A source cannot be read.
    """
    task = planned[0].task
    surveyed = survey_task(runtime, task)
    baselines = list(_baselines(runtime, planned, surveyed, cancellation))
    if not baselines:
        return None
    blind = [unnoticed for baseline in baselines for unnoticed in _blindness(baseline)][:MOST_UNNOTICED]
    ran = frozenset[int]().union(*(one.result.execution.ran for one in baselines if one.result.execution))
    mutants = source_mutants(task, surveyed, ran)
    mutants += mock_mutants(task, [one.planned.case for one in baselines])
    verdicts = list(_judge_all(runtime, mutants, baselines, jobs, cancellation))
    return _summarised(task, blind, verdicts)


def _baselines(
    runtime: Runtime, planned: Sequence[Planned], surveyed: SurveyedSources, cancellation: Cancellation
) -> Iterator[_Baseline]:
    now = round(time.time() * 1000)
    for one in planned:
        case = one.case
        clock = ((now, 0),) if case.clock is None else case.clock
        fixed = case._replace(clock=clock, random_seed=case.random_seed or _SEED)
        result = run_case(runtime, one._replace(case=fixed, sources=surveyed.counted), cancellation)
        if result.status == "passed":
            seconds = max(_LEAST_TIMEOUT, _SLOWER * result.duration_ms / 1000)
            bounded = fixed._replace(timeout_seconds=min(seconds, case.timeout_seconds or seconds))
            yield _Baseline(one._replace(case=bounded), result)


def _blindness(baseline: _Baseline) -> Iterator[Unnoticed]:
    """Yield what shows that a case looks at nothing that the task returns."""
    case, execution = baseline.planned.case, baseline.result.execution
    if execution is None or execution.error is not None:
        return
    others = other_values(execution.output)
    if all(_passes(case, execution, other) for other in others):
        before, after = shown(execution.output), shown(others[0])
        mutant = Mutant("with another output", case.written.place(), before, after)
        yield Unnoticed("The case stays green with another output", mutant)


def _passes(case: Case, execution: Execution, output: Json) -> bool:
    outcome = Outcome(execution._replace(output_json=json.dumps(output)), None)
    return not judge(case, outcome, None)


def _judge_all(
    runtime: Runtime,
    mutants: Sequence[Mutant],
    baselines: Sequence[_Baseline],
    jobs: int,
    cancellation: Cancellation,
) -> Iterator[tuple[Mutant, Verdict]]:
    """Yield the verdicts in the order of the mutants, until there is enough to tell."""
    stop = Cancellation()
    ends = time.monotonic() + _MOST_SECONDS

    def judge_one(mutant: Mutant) -> Verdict:
        if stop.cancelled or cancellation.cancelled or time.monotonic() > ends:
            return "invalid"
        return _verdict(runtime, mutant, baselines, cancellation)

    with ThreadPoolExecutor(jobs, thread_name_prefix="ratchet-mutant") as threads:
        unnoticed = 0
        for mutant, verdict in zip(mutants, threads.map(judge_one, mutants), strict=True):
            yield mutant, verdict
            unnoticed += verdict == "unnoticed"
            if unnoticed == MOST_UNNOTICED:
                stop.cancel()
                return


def _verdict(runtime: Runtime, mutant: Mutant, baselines: Sequence[_Baseline], cancellation: Cancellation) -> Verdict:
    differs = False
    for baseline in baselines if mutant.case is None else [baselines[mutant.number]]:
        case = baseline.planned.case if mutant.case is None else mutant.case
        planned = baseline.planned._replace(case=case, sources=mutant.sources)
        result = run_case(runtime, planned, cancellation)
        if result.status == "broken":
            return "invalid"
        if result.failed:
            return "noticed"
        differs = differs or not _same(baseline.result.execution, result.execution)
    return "unnoticed" if differs else "indifferent"


def _same(left: Execution | None, right: Execution | None) -> bool:
    """Tell whether two executions came to the same: output or kind of error, and requests."""
    if left is None or right is None:
        return left is right
    if (left.error is None) != (right.error is None):
        return False
    if left.error is not None and right.error is not None:
        same = (left.error.code, left.error.name) == (right.error.code, right.error.name)
    else:
        same = equal(left.output, right.output)
    return same and _requests(left) == _requests(right)


def _requests(execution: Execution) -> list[tuple[str, str, int]]:
    return sorted((made.method, made.url, made.bytes_out) for made in execution.requests)


def _summarised(task: Task, blind: Sequence[Unnoticed], verdicts: Sequence[tuple[Mutant, Verdict]]) -> Mutation:
    by_verdict: dict[Verdict, list[Mutant]] = {"noticed": [], "unnoticed": [], "indifferent": [], "invalid": []}
    for mutant, verdict in verdicts:
        # A field of a mock that a task does not use says nothing about its cases.
        if verdict != "indifferent" or mutant.case is None:
            by_verdict[verdict].append(mutant)
    noticed, indifferent = len(by_verdict["noticed"]), by_verdict["indifferent"]
    unnoticed = [*blind, *(_told(mutant) for mutant in by_verdict["unnoticed"])]
    if not unnoticed and len(indifferent) >= max(2 * noticed, _FEWEST):
        unnoticed = [_told(mutant) for mutant in indifferent[:MOST_UNNOTICED]]
        indifferent = indifferent[MOST_UNNOTICED:]
    return Mutation(task, noticed, len(indifferent), tuple(unnoticed))


def _told(mutant: Mutant) -> Unnoticed:
    subject = "Every case stays green" if mutant.case is None else "The case stays green"
    return Unnoticed(f"{subject} {mutant.what}", mutant)
