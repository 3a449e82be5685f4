"""The gate between a task and the list of tools: what exactly was checked and tested, and what came of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple

import ratchet
from ratchet.cache import Cache
from ratchet.cache import key_of as make_key
from ratchet.cases.load import load_suite
from ratchet.cases.model import Case, Result, Suite
from ratchet.cases.run import Manner, Planned, run_cases
from ratchet.errors import Cancelled, RatchetError
from ratchet.execution.check import check_task
from ratchet.execution.runtime import Runtime
from ratchet.execution.schemas import Schemas
from ratchet.gateway.matching import ABSENT
from ratchet.mcp_server.candidate import Candidate
from ratchet.sandbox.cancellation import Cancellation
from ratchet.values import Problem

Policy = Literal["tested", "valid", "all"]
KIND = "tested"
_KEPT = 65_536
_MOST_REASONS = 3
_SECONDS = 60.0


class Verdict(NamedTuple):
    """Whether a task may be a tool as it is.

    Args:
        reasons: Why it is a draft; none where it may be a tool.
        tool: The tool that says more, or mends it.
    """

    reasons: tuple[str, ...] = ()
    tool: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the task is no draft."""
        return not self.reasons


PASSED = Verdict()


class Gate:
    """Checks tasks as the operator wants them checked, and knows what came of it by the digest of all that counts.

    Args:
        cache: Where a task that has passed is remembered for the next start; nowhere without it. Nothing that a task
            or a client writes may come to lie there.
        seconds: What the cases of a task may take together.

    Attributes:
        checked: How many checks have ended.
        cancellation: Ends the cases that are under way.
    """

    def __init__(self, runtime: Runtime, policy: Policy, cache: Cache | None = None, seconds: float = _SECONDS) -> None:
        self._runtime = runtime
        self._policy = policy
        self._cache = cache
        self._seconds = seconds
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Verdict] = OrderedDict()
        self.checked = 0
        self.cancellation = Cancellation()

    @property
    def schemas(self) -> Schemas:
        """What checks values against the schemas of tasks."""
        return self._runtime.schemas

    @property
    def tests(self) -> bool:
        """Whether more than the schemas of a task are looked at."""
        return self._policy != "all"

    def verdict(self, candidate: Candidate) -> Verdict | None:
        """Return what is known about a task as it is, None where it was never checked."""
        with self._lock:
            known = self._known.get(candidate.digest)
        if known is None and self._cache is not None and self._cache.load(KIND, self.key_of(candidate)) is not None:
            known = PASSED
            self._remember(candidate, known)
        return known or self._untestable(candidate)

    def _untestable(self, candidate: Candidate) -> Verdict | None:
        """Return the verdict on a task whose cases need not be run, as they could not tell whether it works."""
        if self._policy != "tested":
            return None
        lacking = tuple(_lacking(load_suite(candidate.task)))
        if not lacking:
            return None
        self._remember(candidate, Verdict(lacking[:_MOST_REASONS], "edit_task"))
        return self._known[candidate.digest]

    def check(self, candidate: Candidate) -> Verdict:
        """Check a task as it is, which takes as long as its cases do, and remember what came of it.

        Raises:
            Cancelled: The server ends.
        """
        untestable = self._untestable(candidate)
        if untestable is not None:
            return untestable
        try:
            verdict = self._check(candidate)
        except Cancelled:
            raise
        except RatchetError as error:
            verdict = Verdict((f"Its cases cannot be run: {error.message}",), "run_task_tests")
        self._remember(candidate, verdict)
        self.checked += 1
        if verdict.passed and self._cache is not None:
            self._cache.save(KIND, self.key_of(candidate), {"task": candidate.task.digest})
        return verdict

    def _check(self, candidate: Candidate) -> Verdict:
        task = candidate.task
        problems = check_task(self._runtime, task) if self.tests else self._runtime.schemas.check_task(task)
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            return Verdict(tuple(map(_sentence, errors[:_MOST_REASONS])), "validate_task")
        return self._test(candidate) if self._policy == "tested" else PASSED

    def _test(self, candidate: Candidate) -> Verdict:
        """Run every case, also where one says `only`: a case that is passed over says nothing."""
        cases = load_suite(candidate.task).cases
        planned = [Planned(candidate.task, case, candidate.find_task) for case in cases]
        try:
            with self._limited() as cancellation:
                results = list(run_cases(self._runtime, planned, Manner(fail_fast=True), cancellation))
        except Cancelled:
            if self.cancellation.cancelled:
                raise
            return Verdict((f"Its cases take longer than {self._seconds:g} seconds",), "run_task_tests")
        failed = [result for result in results if result.status != "passed"]
        return Verdict(tuple(map(_failure, failed[:_MOST_REASONS])), "run_task_tests" if failed else "")

    @contextmanager
    def _limited(self) -> Iterator[Cancellation]:
        """Return what cancels the cases of one task in time: others wait for theirs."""
        cancellation = Cancellation()
        timer = threading.Timer(self._seconds, cancellation.cancel)
        timer.daemon = True
        timer.start()
        try:
            with self.cancellation.on_cancel(cancellation.cancel):
                yield cancellation
        finally:
            timer.cancel()

    def refuse(self, candidate: Candidate, reason: str) -> Verdict:
        """Make a draft of a task that cannot even be checked."""
        verdict = Verdict((reason,), "validate_task")
        self._remember(candidate, verdict)
        self.checked += 1
        return verdict

    def _remember(self, candidate: Candidate, verdict: Verdict) -> None:
        with self._lock:
            self._known[candidate.digest] = verdict
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def key_of(self, candidate: Candidate) -> str:
        """Return the key of a verdict: other limits, another engine or another Ratchet may come to another one."""
        server = [ratchet.__version__, self._runtime.pool.engine, repr(self._runtime.limits), self._policy]
        return make_key(KIND, candidate.digest, *server)


def _sentence(problem: Problem) -> str:
    place = problem.place
    if place is None:
        return problem.message
    line = f":{place.line}" if place.line else ""
    return f"{problem.message} ({place.file}{line})"


def _lacking(suite: Suite) -> Iterator[str]:
    """Yield why the cases of a task, even if they passed, would not tell whether it works."""
    for problem in suite.problems:
        if problem.severity == "error":
            yield _sentence(problem)
    if not suite.cases:
        yield "It has no case"
    for case in suite.cases:
        if case.skip is not None:
            yield f"The case `{case.name}` is skipped"
        elif not _expects_something(case):
            yield f"The case `{case.name}` expects nothing: any output passes"


def _expects_something(case: Case) -> bool:
    said = (case.expected_error, case.should_fail, case.assertions)
    return case.expected_output is not ABSENT or any(said)


def _failure(result: Result) -> str:
    first: Sequence[str] = [reason.message for reason in result.reasons[:1]]
    return f"The case `{result.case.name}` fails: {''.join(first)}"
