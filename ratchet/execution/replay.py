"""Run a recording again, on its own task or on another, and tell what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ratchet.execution.document import Execution
from ratchet.execution.recorded import Recording
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import Surroundings
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.recorded import RecordedExchanges
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.difference import differences
from ratchet.task.model import Task
from ratchet.values import Json, JsonObject

_MOST_DIFFERENCES = 50
_OF_ERRORS = ("code", "name", "message", "status")


class Change(NamedTuple):
    """One thing that is not as it was recorded.

    Args:
        what: output, error, request or engine.
        pointer: JSON Pointer into the output or the error; empty where there is no part to name.
        message: A sentence.
    """

    what: str
    pointer: str
    message: str

    def to_json(self) -> JsonObject:
        """Return the form of reports."""
        return self._asdict()


class Replay(NamedTuple):
    """A recording that was run again.

    Args:
        changes: What differs; none where nothing does.
        notes: What is good to know and no difference, such as another version of the engine.
    """

    recording: Recording
    execution: Execution
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def replay(runtime: Runtime, recording: Recording, task: Task, *, cancellation: Cancellation | None = None) -> Replay:
    """Run a task in the surroundings of a recording; nothing leaves the machine, and nothing is written.

    Raises:
        InvalidTask, InvalidInput: As `run` does.
    """
    session = recording.session
    answers = RecordedExchanges(recording.exchanges, compare_headers=session is not None)
    if session is None:
        surroundings = Surroundings(answers=answers, calls={}, time={"start": _start_of(recording)}, signatures={})
    else:
        time = {"clock": session.clock, "events": session.events}
        surroundings = Surroundings(
            answers, session.calls, time, session.seed, session.context, signatures=session.signatures
        )
    execution = run(runtime, task, recording.input, surroundings=surroundings, cancellation=cancellation)
    changes = [*_changed_result(recording, execution), *_changed_requests(answers)]
    return Replay(recording, execution, tuple(changes[:_MOST_DIFFERENCES]), tuple(_notes(recording, execution)))


def _start_of(recording: Recording) -> int:
    """Return when the execution began, as far as its requests tell, in milliseconds."""
    return round(min((exchange.started_at for exchange in recording.exchanges), default=0.0) * 1000)


def _notes(recording: Recording, execution: Execution) -> Iterator[str]:
    engine = execution.engine or {}
    now = f"{engine.get('name')} {engine.get('version')}"
    if recording.engine is not None and recording.engine != now:
        yield f"It was recorded with the engine {recording.engine}, and this is {now}"
    if recording.digest is not None and recording.digest != execution.task.digest:
        yield "The task is not the one that was recorded"


def _changed_result(recording: Recording, execution: Execution) -> Iterator[Change]:
    if execution.error is not None:
        now = {key: getattr(execution.error, key) for key in _OF_ERRORS}
        if recording.error is None:
            yield Change("error", "", f"It failed, and did not when it was recorded: {execution.error.sentence}")
            return
        yield from _changed_values("error", {key: recording.error.get(key) for key in _OF_ERRORS}, now)
    elif recording.output is None:
        yield Change("error", "", "It completed, and failed when it was recorded")
    elif execution.output_json is not None and recording.output.strip() != execution.output_json.encode(
        "utf-8", "surrogatepass"
    ):
        yield from _changed_output(json.loads(recording.output), execution.output, exact=recording.session is not None)


def _changed_output(before: Json, now: Json, *, exact: bool) -> Iterator[Change]:
    changes = list(_changed_values("output", before, now))
    if not changes and exact:
        changes.append(Change("output", "", "The output is the same value with keys in another order"))
    yield from changes


def _changed_values(what: str, before: Json, now: Json) -> Iterator[Change]:
    for difference in differences(before, now):
        was, became = _shown(difference.expected), _shown(difference.actual)
        if difference.change == "added":
            sentence = f"{became} is new"
        elif difference.change == "removed":
            sentence = f"{was} is gone"
        else:
            sentence = f"{was} became {became}"
        yield Change(what, difference.pointer, sentence)


def _changed_requests(answers: RecordedExchanges) -> Iterator[Change]:
    for miss in answers.misses:
        yield Change("request", "", f"`{miss.request.method} {miss.request.url}` was not recorded. {miss.hint}")
    for exchange in answers.unused:
        yield Change("request", "", f"`{_name_of(exchange)}` was recorded and is not made any more")
    if not answers.misses and not answers.unused and answers.served != sorted(answers.served):
        yield Change("request", "", f"The requests come in another order: {_order_of(answers.served)}")


def _name_of(exchange: Exchange) -> str:
    return f"{exchange.request.method} {exchange.request.url}"


def _order_of(served: Sequence[int]) -> str:
    return ", ".join(str(index + 1) for index in served)


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= 200 else text[:200] + '…'}`"
