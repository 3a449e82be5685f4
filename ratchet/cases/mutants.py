"""The mutants of a task: small changes to its sources and to the mocks of its cases, of which a case should notice."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ratchet.cases.alter import Altered, alterations
from ratchet.cases.model import Case, Mock
from ratchet.cases.survey import SurveyedSources
from ratchet.cases.wording import shown
from ratchet.engine.positions import line_text
from ratchet.engine.source import original_column
from ratchet.engine.survey import Change
from ratchet.execution.sources import Sources
from ratchet.gateway.message import HttpResponse
from ratchet.task.model import Task
from ratchet.values import Place

MOST_OF_SOURCE = 24
MOST_OF_MOCKS = 12
_MOST_SHOWN = 60


class Mutant(NamedTuple):
    """One small change.

    Args:
        what: What was changed, to follow "with" or "without" in a sentence.
        before, after: The changed line, or value.
        sources: The changed sources; None for a mutant of a mock.
        case: The case with the changed mock, the only one to run; None for a mutant of the sources.
        number: Which of the cases that is.
    """

    what: str
    place: Place
    before: str
    after: str
    sources: Sources | None = None
    case: Case | None = None
    number: int = 0


def source_mutants(task: Task, surveyed: SurveyedSources, ran: frozenset[int]) -> list[Mutant]:
    """Return mutants of the statements that cases run: the same for the same task, one of every statement first."""
    found = [
        (path, change)
        for path, survey in surveyed.surveys.items()
        for change in survey.changes
        if change.statement in ran
    ]
    _chance(task).shuffle(found)
    of_statement: Counter[int] = Counter()
    ranked = []
    for path, change in found:
        ranked.append((of_statement[change.statement], path, change))
        of_statement[change.statement] += 1
    ranked.sort(key=lambda one: one[0])
    return [_of_source(task, surveyed.sources, path, change) for _, path, change in ranked[:MOST_OF_SOURCE]]


def _of_source(task: Task, sources: Sources, path: str, change: Change) -> Mutant:
    text = sources.files[path]
    changed = change.apply(text)
    column = original_column(sources.columns.get(path, {}), change.line, change.column)
    before = _cut(text[change.start : change.end])
    what = f"without `{before}`" if change.after == ";" else f"with `{_cut(change.after)}` in place of `{before}`"
    return Mutant(
        what,
        Place(task.path_of(path), change.line, column, line_text(sources.originals[path], change.line)),
        (line_text(text, change.line) or "").strip(),
        (line_text(changed, change.line) or "").strip(),
        sources=sources._replace(files={**sources.files, path: changed}),
    )


def mock_mutants(task: Task, cases: Sequence[Case]) -> list[Mutant]:
    """Return mutants of the answers that mocks give: fields dropped, types and statuses changed."""
    found = [
        mutant
        for number, case in enumerate(cases)
        for index, mock in enumerate(case.mocks)
        for mutant in _of_mock(case, number, index, mock)
    ]
    _chance(task).shuffle(found)
    return found[:MOST_OF_MOCKS]


def _of_mock(case: Case, number: int, index: int, mock: Mock) -> Iterator[Mutant]:
    answer, label = mock.exchange.answer, mock.exchange.label
    if not isinstance(answer, HttpResponse):
        return
    place = case.written.place(*mock.steps[len(case.written.steps) :], "response")

    def mutant(what: str, before: str, after: str, changed: HttpResponse) -> Mutant:
        exchange = mock.exchange._replace(answer=changed)
        mocks = (*case.mocks[:index], mock._replace(exchange=exchange), *case.mocks[index + 1 :])
        return Mutant(what, place, before, after, case=case._replace(mocks=mocks), number=number)

    status = 500 if answer.status < 400 else 200
    what = f"with status {status} in place of {answer.status} from {label}"
    yield mutant(what, f"status {answer.status}", f"status {status}", answer._replace(status=status, reason=""))
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return
    for altered in alterations(body):
        data = json.dumps(altered.value).encode()
        before, after = f"{altered.pointer or 'the body'}: {shown(altered.before)}", _after(altered)
        yield mutant(_what(altered, label), before, after, answer._replace(body=data, wire_bytes=len(data)))


def _what(altered: Altered, label: str) -> str:
    where = f"`{altered.pointer}`" if altered.pointer else "the body"
    if altered.dropped:
        return f"without {where} in {label}"
    return f"with `{shown(altered.after, _MOST_SHOWN)}` in place of {where} in {label}"


def _after(altered: Altered) -> str:
    return "nothing" if altered.dropped else f"{altered.pointer or 'the body'}: {shown(altered.after)}"


def _chance(task: Task) -> random.Random:
    return random.Random(task.digest)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else line[: _MOST_SHOWN - 1] + "…"
