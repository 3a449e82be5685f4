"""What an attempt has come to, told from its execution or from the refusal to begin one."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ratchet.errors import Cancelled, RatchetError, Unavailable
from ratchet.execution.document import Execution
from ratchet.jobs.backoff import is_retryable
from ratchet.values import JsonObject

End = Literal["completed", "failed", "cancelled", "dead"]


class Result(NamedTuple):
    """What an attempt has come to.

    Args:
        retryable: Whether the same may come out otherwise later.
        retry_seconds: How long to wait before the next attempt; None where there is none.
        given_up: Whether somebody has cancelled the execution, and not only its node.
    """

    status: End
    error: JsonObject | None = None
    retryable: bool = False
    retry_seconds: float | None = None
    given_up: bool = False


def result_of(execution: Execution) -> Result:
    """Return what an execution has come to."""
    if execution.error is None:
        return Result("completed")
    error: JsonObject = execution.to_json()["error"]
    if execution.status == "cancelled":
        return Result("cancelled", error)
    return Result("failed", error, retryable=is_retryable(execution.error))


def result_of_refusal(error: RatchetError) -> Result:
    """Return what it has come to that nothing ran."""
    document = error_json(error)
    if isinstance(error, Cancelled):
        return Result("cancelled", document)
    return Result("failed", document, retryable=isinstance(error, Unavailable))


def error_json(error: RatchetError) -> JsonObject:
    """Return an error as the job's document has it."""
    details = [{"pointer": problem.pointer, "message": problem.message} for problem in error.problems]
    return {"code": error.code, "message": error.message, "hint": error.hint, "details": details or None}
