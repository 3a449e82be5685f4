"""What a failing case says, as plain lines for reports that hold text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ratchet.cases.model import Reason, Result
from ratchet.cases.wording import shown
from ratchet.execution.document import ConsoleLine
from ratchet.task.difference import Difference
from ratchet.values import Place

_MOST_DIFFERENCES = 20
_MOST_CONSOLE_LINES = 50


def reason_lines(reason: Reason) -> Iterator[str]:
    """Yield the message, the place, the differences and the hint of a reason."""
    yield reason.message
    if reason.place is not None:
        yield f"  --> {place_text(reason.place)}"
    yield from difference_lines(reason.differences)
    if reason.hint:
        yield f"  = hint: {reason.hint}"


def difference_lines(differences: Sequence[Difference]) -> Iterator[str]:
    """Yield what was expected and what came, by JSON Pointer."""
    for difference in differences[:_MOST_DIFFERENCES]:
        yield f"  {difference.pointer or 'the whole output'}"
        if difference.change != "added":
            yield f"  - {shown(difference.expected)}"
        if difference.change != "removed":
            yield f"  + {shown(difference.actual)}"
    if len(differences) > _MOST_DIFFERENCES:
        yield f"  … and {len(differences) - _MOST_DIFFERENCES} more"


def console_lines(result: Result) -> Sequence[ConsoleLine]:
    """Return the last lines that the task of a failing case wrote to its console."""
    return result.execution.console[-_MOST_CONSOLE_LINES:] if result.execution and result.failed else ()


def place_text(place: Place) -> str:
    """Return a place in one word."""
    return ":".join(str(part) for part in (place.file, place.line, place.column) if part is not None)


def runs_text(result: Result) -> str:
    """Return how often a flaky case failed; nothing for any other."""
    return f"failed {result.failures} of {result.runs} times" if result.status == "flaky" else ""
