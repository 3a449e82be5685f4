"""Ask the real service what the mocks and recordings of cases answer, and tell how its answers have changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

from ratchet.cases.model import Case, Mock
from ratchet.cases.run import Planned
from ratchet.errors import Cancelled, InvalidInput
from ratchet.execution.document import Execution
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import Surroundings, Witnessed
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.matching import mismatches, read_json_or_text
from ratchet.gateway.message import HttpResponse
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.difference import differences
from ratchet.task.model import Task
from ratchet.task.pointer import path_of_pointer
from ratchet.values import Json, Place

Kind = Literal["removed", "type", "value", "added", "unreachable"]


class Drift(NamedTuple):
    """One thing that has changed in an answer.

    Args:
        pointer: JSON Pointer into the body; None for the status, or for the answer as a whole.
        before, after: The value in the mock, and that of the service.
        breaking: Whether a task that reads the answer may fail.
    """

    kind: Kind
    pointer: str | None
    before: Json
    after: Json
    breaking: bool = False


class ExchangeDrift(NamedTuple):
    """What has changed in the answer to one request.

    Args:
        label: What the mock is called.
        place: Where it is written.
    """

    method: str
    url: str
    label: str
    place: Place
    drifts: tuple[Drift, ...]


class CaseDrift(NamedTuple):
    """What has changed for one case.

    Args:
        exchanges: Those that have changed.
        asked: How many requests went to the service.
    """

    task: Task
    case: Case
    exchanges: tuple[ExchangeDrift, ...]
    asked: int

    @property
    def breaking(self) -> bool:
        """Whether a task may fail on any of it."""
        return any(drift.breaking for exchange in self.exchanges for drift in exchange.drifts)

    @property
    def unreachable(self) -> bool:
        """Whether a request had no answer at all."""
        return any(drift.kind == "unreachable" for exchange in self.exchanges for drift in exchange.drifts)


class _Witness:
    """Keeps the exchanges of one execution."""

    def __init__(self) -> None:
        self.exchanges: tuple[Exchange, ...] = ()

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> str:
        """Keep them; nothing is written."""
        self.exchanges = witnessed.exchanges
        return ""


def find_drift(
    runtime: Runtime, planned: Sequence[Planned], jobs: int, cancellation: Cancellation
) -> Iterator[CaseDrift]:
    """Run the cases that have mocks against the network and yield what has changed, in the order of the cases.

    Args:
        jobs: How many cases at a time.

    Raises:
        Cancelled: Somebody cancelled.
    """
    asking = [one for one in planned if one.case.mocks and one.case.skip is None]
    with ThreadPoolExecutor(jobs, thread_name_prefix="ratchet-drift") as threads:
        for drift in threads.map(lambda one: _of_case(runtime, one, cancellation), asking):
            if cancellation.cancelled:
                raise Cancelled("The cases were cancelled")
            yield drift


def _of_case(runtime: Runtime, one: Planned, cancellation: Cancellation) -> CaseDrift:
    case, witness = one.case, _Witness()
    if not cancellation.cancelled:
        try:
            run(
                runtime,
                one.task,
                case.input,
                limits=runtime.limits.lowered(case.timeout_seconds),
                cancellation=cancellation,
                find_task=one.find_task,
                surroundings=Surroundings(seed=case.random_seed),
                recorder=witness,
            )
        except InvalidInput:
            return CaseDrift(one.task, case, (), 0)
    used: set[int] = set()
    found = [_of_exchange(case, exchange, used) for exchange in witness.exchanges]
    changed = tuple(drift for drift in found if drift is not None and drift.drifts)
    return CaseDrift(one.task, case, changed, len(witness.exchanges))


def _of_exchange(case: Case, exchange: Exchange, used: set[int]) -> ExchangeDrift | None:
    """Return what has changed; None where no mock is for the request, or one that fails on purpose."""
    mock = _mock_for(case, exchange, used)
    if mock is None or not isinstance(mock.exchange.answer, HttpResponse):
        return None
    place = case.written.place(*mock.steps[len(case.written.steps) :])
    request = exchange.request
    drifts = tuple(_drifts(mock.exchange.answer, exchange))
    return ExchangeDrift(request.method, request.url, mock.exchange.label, place, drifts)


def _mock_for(case: Case, exchange: Exchange, used: set[int]) -> Mock | None:
    """Return the next mock of a request; the last goes on for ever."""
    pairs = enumerate(case.mocks)
    fitting = [index for index, mock in pairs if not mismatches(mock.exchange.request, exchange.request)]
    if not fitting:
        return None
    index = next((index for index in fitting if index not in used), fitting[-1])
    used.add(index)
    return case.mocks[index]


def _drifts(expected: HttpResponse, exchange: Exchange) -> Iterator[Drift]:
    response = exchange.response
    if response is None:
        reason = exchange.failure.message if exchange.failure else "no answer"
        yield Drift("unreachable", None, expected.status, reason)
        return
    if response.status != expected.status:
        # An error in place of an answer, or the other way round, is no other value of the same kind.
        other = response.status // 100 != expected.status // 100
        yield Drift("type" if other else "value", None, expected.status, response.status, other)
    before, after = read_json_or_text(expected.body), read_json_or_text(response.body)
    for found in differences(before, after):
        # How many items a list has is data; which keys an object has is its form.
        removed = found.change == "removed" and not _is_item(before, found.pointer)
        breaking = removed or found.change == "type"
        yield Drift(found.change, found.pointer, found.expected, found.actual, breaking)


def _is_item(value: Json, pointer: str) -> bool:
    for step in path_of_pointer(pointer)[:-1]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return isinstance(value, list)
