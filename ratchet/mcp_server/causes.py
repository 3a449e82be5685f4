"""What may have caused a failure, from what was seen of the execution; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator

from ratchet.execution.document import Execution, RequestMade
from ratchet.task.text import printable

_MOST = 10
_MOST_WORDS = 300


def causes_of(execution: Execution) -> list[str]:
    """Return sentences about an execution that failed, the nearest cause first."""
    return [printable(cause, _MOST_WORDS) for cause in [*_causes(execution)][:_MOST]]


def _causes(execution: Execution) -> Iterator[str]:
    error = execution.error
    if error is not None and error.code == "time_limit":
        yield _time_of(execution)
    if error is not None and isinstance(error.details, list):
        what = "The output" if error.code == "invalid_output" else "The value"
        for detail in error.details:
            yield f"{what} at `{detail['pointer']}`: {detail['message']}"
    # The last one is the nearest.
    for request in reversed(execution.requests):
        if request.error is not None or (request.status or 0) >= 400:
            yield _answer_of(request)


def _time_of(execution: Execution) -> str:
    """Return where the time went."""
    total = execution.duration_ms or 0
    asked = sum(request.duration_ms for request in execution.requests)
    computed = round(execution.used.get("cpu_ms", 0))
    if asked * 2 >= total:
        return f"Its requests took {asked:,} ms, and it ran for {total:,} ms"
    # One that waits takes a few milliseconds of the processor, one that computes what others leave it.
    if computed * 10 >= total:
        return f"It computed for {computed:,} of {total:,} ms: a loop may not end"
    return f"It computed for {computed:,} of {total:,} ms and waited for the rest, for a timer or another task"


def _answer_of(request: RequestMade) -> str:
    name = f"`{request.method} {request.url}`"
    return (
        f"{name} got no answer: {request.error}" if request.error is not None else f"{name} answered {request.status}"
    )
