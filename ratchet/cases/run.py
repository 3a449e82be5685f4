"""Run cases, side by side, each in time of its own and with its mocks in place of the network."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from ratchet.cases.judge import Outcome, judge, refused
from ratchet.cases.model import Case, Reason, Result
from ratchet.errors import Cancelled, InvalidInput, InvalidTask
from ratchet.execution.calls import FindTask
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.execution.sources import Sources
from ratchet.execution.surroundings import Surroundings
from ratchet.gateway.expected import ExpectedExchanges
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.model import Task
from ratchet.values import JsonObject


class Planned(NamedTuple):
    """A case that is to run.

    Args:
        find_task: Where the task finds others to call.
        sources: Texts to run in place of the task's own.
    """

    task: Task
    case: Case
    find_task: FindTask | None = None
    sources: Sources | None = None


class Manner(NamedTuple):
    """How cases are run.

    Args:
        jobs: How many at a time.
        repeat: How often each.
        live: Against the real network and in real time, without mocks.
        fail_fast: Start no more after the first that fails.
    """

    jobs: int = 1
    repeat: int = 1
    live: bool = False
    fail_fast: bool = False


def run_cases(
    runtime: Runtime, planned: Sequence[Planned], manner: Manner, cancellation: Cancellation
) -> Iterator[Result]:
    """Run cases and yield the results in the order of the cases; those that were not started are left out.

    Raises:
        Cancelled: Somebody cancelled.
        RatchetError: Something that Ratchet needs is not there.
    """
    stop = Cancellation()

    def run_one(one: Planned) -> Result | None:
        if stop.cancelled or cancellation.cancelled:
            return None
        result = _run_repeatedly(runtime, one, manner, cancellation)
        if manner.fail_fast and result.failed:
            stop.cancel()
        return result

    with ThreadPoolExecutor(manner.jobs, thread_name_prefix="ratchet-case") as threads:
        futures = [threads.submit(run_one, one) for one in planned]
        try:
            yield from _results(futures, cancellation)
        finally:
            stop.cancel()


def _results(futures: Sequence[Future[Result | None]], cancellation: Cancellation) -> Iterator[Result]:
    for future in futures:
        result = future.result()
        if cancellation.cancelled:
            raise Cancelled("The cases were cancelled")
        if result is not None:
            yield result


def _run_repeatedly(runtime: Runtime, one: Planned, manner: Manner, cancellation: Cancellation) -> Result:
    if one.case.skip is not None:
        return Result(one.task, one.case, "skipped", runs=0)
    results = []
    for _ in range(manner.repeat):
        results.append(run_case(runtime, one, cancellation, live=manner.live))
        if cancellation.cancelled or results[-1].status == "broken":
            break
    failures = [result for result in results if result.failed]
    spent = sum(result.duration_ms for result in results)
    told = (failures or results[-1:])[0]._replace(runs=len(results), failures=len(failures), duration_ms=spent)
    return told._replace(status="flaky") if 0 < len(failures) < len(results) else told


def run_case(runtime: Runtime, one: Planned, cancellation: Cancellation, *, live: bool = False) -> Result:
    """Run a case once and judge it."""
    case = one.case
    started = time.monotonic()
    answers = None
    if not live:
        answers = mocks_of(case)
    try:
        execution = run(
            runtime,
            one.task,
            case.input,
            limits=runtime.limits.lowered(case.timeout_seconds),
            cancellation=cancellation,
            find_task=one.find_task,
            surroundings=surroundings_of(case, answers, live=live),
            sources=one.sources,
        )
        outcome = Outcome(execution, execution.error)
    except InvalidInput as error:
        outcome = refused(error)
    except InvalidTask as error:
        return Result(one.task, case, "broken", (Reason("error", error.message, error.place, error.hint),))
    if outcome.error is not None and outcome.error.code == "unavailable":
        raise outcome.error.to_exception()
    reasons = judge(case, outcome, answers)
    spent = (time.monotonic() - started) * 1000
    return Result(one.task, case, "failed" if reasons else "passed", reasons, outcome.execution, spent)


def mocks_of(case: Case) -> ExpectedExchanges:
    """Return what answers the requests of a case."""
    return ExpectedExchanges([mock.exchange for mock in case.mocks], ordered=case.ordered)


def surroundings_of(case: Case, answers: ExpectedExchanges | None, *, live: bool = False) -> Surroundings:
    """Return what a task finds in a case.

    Args:
        answers: The mocks; None where the network answers.
        live: In real time, and without what the case says of other tasks and secrets.
    """
    time_of_case, calls = _time_of(case, live=live), None if live else case.calls
    secrets = None if live else {name: functools.partial(str, value) for name, value in case.secrets.items()}
    signatures = None if live else case.signatures
    return Surroundings(
        answers, calls, time_of_case, case.random_seed, case.context, secrets=secrets, signatures=signatures
    )


def _time_of(case: Case, *, live: bool) -> JsonObject | None:
    """Return the time that a case lives in: its own, from its clock or from now on; what is live waits for others."""
    if case.clock is None and live:
        return None
    if case.clock is None:
        return {"start": round(time.time() * 1000)}
    return {"clock": [list(reading) for reading in case.clock], "events": []}
