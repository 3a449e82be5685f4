"""Describe the cases of a task, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from ratchet.cases.assertions import Assertion
from ratchet.execution.document import Execution
from ratchet.gateway.expected import ExpectedExchange
from ratchet.gateway.matching import ABSENT, Absent
from ratchet.task.difference import Difference
from ratchet.task.model import Task
from ratchet.task.places import place_of
from ratchet.task.pointer import pointer_of
from ratchet.values import Json, JsonObject, Place, Problem

Status = Literal["passed", "failed", "flaky", "skipped", "updated", "broken"]
Cause = Literal["output", "error", "assertion", "unmatched", "unused"]


class Written(NamedTuple):
    """Where a case is written.

    Args:
        file: Relative to the task.
        path: The same file as a user would type it.
        steps: Keys and indexes that lead to the case in the file.
    """

    file: str
    path: str
    text: str
    steps: tuple[str | int, ...] = ()

    def place(self, *steps: str | int, pointer: str = "", key: bool = False) -> Place:
        """Return the place of a value of the case, or of its nearest parent that is there."""
        return place_of(self.path, self.text, pointer_of((*self.steps, *steps)) + pointer, key=key)


class ExpectedError(NamedTuple):
    """How the task must fail; None where anything will do.

    Args:
        message: A part of the message.
        code: Of the error tree, or the script's own.
    """

    name: str | None = None
    message: str | None = None
    code: str | None = None
    status: int | None = None


class Mock(NamedTuple):
    """An exchange of a case, and the steps to it in the case."""

    exchange: ExpectedExchange
    steps: tuple[str | int, ...]


Readings: TypeAlias = tuple[tuple[int, int], ...]
"""Milliseconds since 1970, each with how often the clock says so before it goes on; after the last, time is its own."""


class Case(NamedTuple):
    """One case.

    Args:
        skip: Why it is not run; "" where it does not say; None where it is run.
        expected_output: ABSENT where the case does not say.
        output_key: The key under which it stands.
        clock: What its clock says; None for now.
        random_seed: 32 bytes in hexadecimal digits; None for one from the system.
        secrets: Values by name, for signatures.
        calls, context, signatures: Of a recording, see `Surroundings`.
        ordered: Whether requests must come in the order of the exchanges.
    """

    name: str
    written: Written
    description: str | None = None
    skip: str | None = None
    only: bool = False
    input: Json = None
    expected_output: Json | Absent = ABSENT
    output_key: str = "expected_output"
    expected_error: ExpectedError | None = None
    should_fail: bool = False
    assertions: tuple[Assertion, ...] = ()
    mocks: tuple[Mock, ...] = ()
    clock: Readings | None = None
    random_seed: str | None = None
    calls: Mapping[int, JsonObject] | None = None
    context: Mapping[str, Json] | None = None
    secrets: Mapping[str, str] = {}
    signatures: Mapping[int, JsonObject] | None = None
    timeout_seconds: float | None = None
    strict: bool = True
    ordered: bool = False


class Suite(NamedTuple):
    """The cases of one task.

    Args:
        problems: What is wrong or odd in the files of the cases.
    """

    task: Task
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...] = ()


class Reason(NamedTuple):
    """Why a case failed.

    Args:
        place: In the case's file, or in the task's source where the task failed.
        differences: Of the output from the expected one.
        pointer: JSON Pointer to the first thing that differs: in the output, or in the body of a request.
    """

    cause: Cause
    message: str
    place: Place | None = None
    hint: str | None = None
    pointer: str | None = None
    differences: tuple[Difference, ...] = ()

    def to_problem(self) -> Problem:
        """Return the reason as a problem."""
        return Problem(self.message, self.place, self.pointer, self.hint)


class Result(NamedTuple):
    """What came of a case.

    Args:
        reasons: Why it failed; why the task cannot run where it is broken.
        execution: The one that failed, else the last; None where nothing ran.
        runs, failures: How often it ran, and how often it failed.
    """

    task: Task
    case: Case
    status: Status
    reasons: tuple[Reason, ...] = ()
    execution: Execution | None = None
    duration_ms: float = 0.0
    runs: int = 1
    failures: int = 0

    @property
    def failed(self) -> bool:
        """Tell whether the case is a reason to fail."""
        return self.status in ("failed", "flaky")
