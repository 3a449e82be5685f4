"""Judge an execution by what its case expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ratchet.cases.model import Case, ExpectedError, Reason
from ratchet.cases.wording import shown
from ratchet.errors import RatchetError
from ratchet.execution.document import Execution, ExecutionError
from ratchet.gateway.expected import ExpectedExchanges, Miss
from ratchet.gateway.matching import ABSENT
from ratchet.task.difference import Difference, differences
from ratchet.values import Json, JsonObject, Place

_ALWAYS_FAILS = ("engine_crash",)


class Outcome(NamedTuple):
    """What there is to judge.

    Args:
        execution: None where the input was refused.
        error: Why the task failed, or refused its input; None where it completed.
    """

    execution: Execution | None
    error: ExecutionError | None


def refused(error: RatchetError) -> Outcome:
    """Return the outcome of a case whose input was refused before anything ran."""
    details = [{"pointer": problem.pointer or "", "message": problem.message} for problem in error.problems]
    return Outcome(None, ExecutionError(error.code, error.message, place=error.place, hint=error.hint, details=details))


def judge(case: Case, outcome: Outcome, answers: ExpectedExchanges | None) -> tuple[Reason, ...]:
    """Return every reason why a case failed; none where it passed.

    Args:
        answers: What answered the requests; None where the network did.
    """
    strict = answers is not None and case.strict
    misses = answers.misses if answers is not None and strict else []
    reasons = [_of_miss(case, miss) for miss in misses]
    reasons += _of_result(case, outcome, explained=bool(misses))
    if answers is not None and strict:
        unused = {exchange.label for exchange in answers.unused}
        reasons += [_of_unused(case, number) for number, mock in enumerate(case.mocks) if mock.exchange.label in unused]
    return tuple(reasons)


def _of_result(case: Case, outcome: Outcome, *, explained: bool) -> Iterator[Reason]:
    """Yield what is wrong with the output or the error.

    Args:
        explained: A request without an answer is a reason already.
    """
    error = outcome.error
    if error is not None and (error.code in _ALWAYS_FAILS or not _expects_failure(case)):
        if not (explained and _is_of_miss(error)):
            yield _of_failure(case, error)
        return
    if error is None and (case.should_fail or case.expected_error is not None):
        key = "should_fail" if case.should_fail else "expected_error"
        got = shown(outcome.execution.output if outcome.execution else None)
        yield Reason("error", f"The task was to fail, and completed with `{got}`", case.written.place(key))
    elif error is not None and case.expected_error is not None:
        yield from _of_error(case, case.expected_error, error)
    elif error is None and outcome.execution is not None and case.expected_output is not ABSENT:
        yield from _of_output(case, outcome.execution.output)
    yield from _of_assertions(case, outcome)


def _expects_failure(case: Case) -> bool:
    if case.expected_output is not ABSENT:
        return False
    expected = case.should_fail or case.expected_error is not None
    return expected or any(assertion.of_error for assertion in case.assertions)


def _is_of_miss(error: ExecutionError) -> bool:
    return isinstance(error.details, dict) and error.details.get("code") == "unmatched"


def _of_failure(case: Case, error: ExecutionError) -> Reason:
    details = error.details if isinstance(error.details, list) else []
    parts = [f"{detail['pointer'] or 'the value'}: {detail['message']}" for detail in details[:5]]
    hint = "; ".join(parts) or error.hint
    pointer = details[0]["pointer"] if details else None
    return Reason("error", error.sentence, error.place or case.written.place(), hint, pointer)


def _of_output(case: Case, output: Json) -> Iterator[Reason]:
    found = tuple(differences(case.expected_output, output))
    if found:
        first = found[0]
        where = f" at `{first.pointer}`" if first.pointer else ""
        others = f", and in {len(found) - 1} more places" if len(found) > 2 else ", and in 1 more place"
        message = f"The output differs{where}: {_changed(first)}{others if len(found) > 1 else ''}"
        place = case.written.place(case.output_key, pointer=first.pointer)
        yield Reason("output", message, place, pointer=first.pointer, differences=found)


def _changed(difference: Difference) -> str:
    if difference.change == "added":
        return f"expected nothing, got `{shown(difference.actual)}`"
    got = "nothing" if difference.change == "removed" else f"`{shown(difference.actual)}`"
    return f"expected `{shown(difference.expected)}`, got {got}"


def _of_error(case: Case, expected: ExpectedError, error: ExecutionError) -> Iterator[Reason]:
    facts = error_facts(error)
    for key, wanted in expected._asdict().items():
        if wanted is None:
            continue
        got = facts["codes"] if key == "code" else facts[key]
        if key == "message":
            fits = str(wanted) in facts["message"] or str(wanted) in error_text(error)
        else:
            fits = wanted in got if key == "code" else wanted == got
        if not fits:
            yield _of_error_part(case, key, wanted, error)


def _of_error_part(case: Case, key: str, wanted: Json, error: ExecutionError) -> Reason:
    facts = error_facts(error)
    got = facts["codes"][-1] if key == "code" else facts[key]
    verb = "does not contain" if key == "message" else "is not"
    message = f"The {key} of the error {verb} `{shown(wanted)}`: it is `{shown(got)}`"
    place = case.written.place("expected_error", key)
    return Reason("error", message, place, hint=error.sentence if key != "message" else None, pointer=f"/{key}")


def error_text(error: ExecutionError) -> str:
    """Return all that an error says: its class, its message, and the problems of an input or output."""
    details = error.details if isinstance(error.details, list) else []
    words = [error.name, error.message, *(f"{detail['pointer']}: {detail['message']}" for detail in details)]
    return ": ".join(word for word in words if word)


def error_facts(error: ExecutionError) -> JsonObject:
    """Return what assertions find under `error`; `codes` are the tree's and the script's own."""
    own = error.details.get("code") if isinstance(error.details, dict) else None
    codes = [error.code, own] if own else [error.code]
    facts = {"name": error.name, "message": error.message, "code": codes[-1], "status": error.status}
    return {**facts, "codes": codes}


def _of_assertions(case: Case, outcome: Outcome) -> Iterator[Reason]:
    if outcome.error is None:
        root: Json = outcome.execution.output if outcome.execution else None
    else:
        facts = error_facts(outcome.error)
        root = {"error": {key: value for key, value in facts.items() if key != "codes" and value is not None}}
    for assertion in case.assertions:
        try:
            failure = assertion.failure(root)
        except ValueError as error:
            failure = str(error)
        if failure is not None:
            subject = f"`{assertion.path.text}`" if assertion.path.text else "The output"
            place = case.written.place("assertions", assertion.number)
            yield Reason("assertion", f"{subject} {failure}", place, _hint_of(outcome), assertion.path.text)


def _hint_of(outcome: Outcome) -> str | None:
    return None if outcome.error is None else outcome.error.sentence


def _of_miss(case: Case, miss: Miss) -> Reason:
    place, pointer = case.written.place(), None
    if miss.nearest is not None:
        mock = next(mock for mock in case.mocks if mock.exchange is miss.nearest)
        place = _place_in_mock(case, mock.steps, miss)
    if miss.differing:
        pointer = miss.differing[0].pointer or f"/{miss.differing[0].matcher}"
    return Reason("unmatched", miss.message, place, miss.hint, pointer)


def _place_in_mock(case: Case, steps: tuple[str | int, ...], miss: Miss) -> Place:
    inner = steps[len(case.written.steps) :]
    if not miss.differing:
        return case.written.place(*inner, "url")
    first = miss.differing[0]
    if first.matcher == "body":
        return case.written.place(*inner, "body", pointer=first.pointer)
    key = {"header": "headers", "method": "method"}.get(first.matcher, "url")
    return case.written.place(*inner, key)


def _of_unused(case: Case, number: int) -> Reason:
    mock = case.mocks[number]
    request, times = mock.exchange.request, mock.exchange.times
    asked = "was never asked for" if times in (None, 1) else f"was asked for less than {times} times"
    inner = mock.steps[len(case.written.steps) :]
    name = f"{request.method or 'any method'} {request.url.text}"
    message = f"{mock.exchange.label.capitalize()}, `{name}`, {asked}"
    hint = "Remove it, or look for the request that the task no longer makes"
    return Reason("unused", message, case.written.place(*inner, "url"), hint)
