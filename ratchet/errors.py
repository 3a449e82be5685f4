"""Every error that Ratchet raises on purpose.

* RatchetError
  x TaskFailed        1  422  the task ran and did not succeed, or a case failed
    + ScriptError, InvalidOutput, NeverSettled, CaseFailed
  x Refused           3  4xx  refused before any JavaScript ran
    + InvalidTask 400, InvalidInput 400, InvalidConfig 400, InvalidRecording 400,
      Unauthenticated 401, NotPermitted 403, InsufficientScope 403, NotFound 404, MethodNotAllowed 405, TooSlow 408,
      Conflict 409, TaskDisabled 409, PreconditionFailed 412, TooLarge 413, UnsupportedMedia 415, KeyReused 422,
      TooManyRequests 429, MissingExtra 501
  x LimitExceeded     4  422  the sandbox stopped the task
    + TimeLimit, MemoryLimit, OutputLimit, CountLimit (timers, frames), EngineCrash
  x Mismatch          5  409  a replay differs, or there was no case to run
  x Unavailable       6  503  something Ratchet needs is not there: the engine, a worker
  x Cancelled       130  499

The number is the exit code. A subclass never changes its parent's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ratchet.values import Place, Problem


class RatchetError(Exception):
    """The root of the tree; raised itself, it is a bug in Ratchet.

    Args:
        message: One sentence for a person, without a full stop, literals in backticks.
        hint: The next step, a command where there is one.
        place: Where in the user's own files it happened.
        problems: Every single reason, when there are several.
    """

    exit_code = 70
    http_status = 500

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        place: Place | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place
        self.problems = tuple(problems)

    @property
    def code(self) -> str:
        """The stable name of this kind of error, such as `time_limit`."""
        return code_of(type(self))


class TaskFailed(RatchetError):
    """The task ran and did not succeed."""

    exit_code = 1
    http_status = 422


class ScriptError(TaskFailed):
    """The task threw, or one of its promises was rejected."""


class InvalidOutput(TaskFailed):
    """The task returned something that is not JSON or does not fit its output schema."""


class NeverSettled(TaskFailed):
    """The task returned a promise that nothing can settle any more."""


class CaseFailed(TaskFailed):
    """A case of a task came out otherwise than it says."""


class Refused(RatchetError):
    """Refused before any JavaScript ran."""

    exit_code = 3
    http_status = 400


class InvalidTask(Refused):
    """A folder, archive or file that is not a usable task."""


class InvalidInput(Refused):
    """An input that is not JSON or does not fit the task's input schema."""


class InvalidConfig(Refused):
    """A configuration that cannot be read, has a key nobody knows or a value that does not fit."""


class InvalidRecording(Refused):
    """A recording that cannot be read, or does not hold what a replay needs."""


class Unauthenticated(Refused):
    """A request without the key of the server."""

    http_status = 401


class NotPermitted(Refused):
    """An action that the operator's settings do not allow."""

    http_status = 403


class InsufficientScope(NotPermitted):
    """Something that the token at hand does not allow.

    Args:
        scope: The scope that would.
    """

    def __init__(self, message: str, *, scope: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.scope = scope


class NotFound(Refused):
    """A task or file that is not there."""

    http_status = 404


class MethodNotAllowed(Refused):
    """A request whose method the address does not have."""

    http_status = 405


class Conflict(Refused):
    """Something that would be overwritten is already there."""

    http_status = 409


class TaskDisabled(Refused):
    """A task that somebody has switched off."""

    http_status = 409


class PreconditionFailed(Refused):
    """A change to something that is not any more what the request says it is."""

    http_status = 412


class TooSlow(Refused):
    """A request whose body does not come in time."""

    http_status = 408


class TooLarge(Refused):
    """A request with a larger body than the server takes."""

    http_status = 413


class UnsupportedMedia(Refused):
    """A request whose body is of a type that the server does not read."""

    http_status = 415


class KeyReused(Refused):
    """An idempotency key that has been used for another request."""

    http_status = 422


class TooManyRequests(Refused):
    """More requests of one client than the server answers."""

    http_status = 429


class MissingExtra(Refused):
    """An optional part of Ratchet that is asked for and not installed."""

    http_status = 501


class LimitExceeded(RatchetError):
    """The sandbox stopped the task."""

    exit_code = 4
    http_status = 422


class TimeLimit(LimitExceeded):
    """The task used up its wall-clock or processor time."""


class MemoryLimit(LimitExceeded):
    """The task needed more memory than it may have."""


class OutputLimit(LimitExceeded):
    """The output is larger than the task may return."""


class CountLimit(LimitExceeded):
    """The task started too many timers or sent too many messages."""


class EngineCrash(LimitExceeded):
    """The JavaScript engine crashed; the worker took the damage and is gone."""


class Mismatch(RatchetError):
    """What was to be compared is not the same, or there was nothing to compare."""

    exit_code = 5
    http_status = 409


class Unavailable(RatchetError):
    """Something Ratchet needs is not there."""

    exit_code = 6
    http_status = 503


class Cancelled(RatchetError):
    """Somebody stopped the execution."""

    exit_code = 130
    http_status = 499


def code_of(kind: type[RatchetError]) -> str:
    """Return the stable code of an error class: `TimeLimit` is `time_limit`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def error_classes() -> Iterator[type[RatchetError]]:
    """Yield every class of the tree but private ones, parents first."""
    waiting: list[type[RatchetError]] = [RatchetError]
    while waiting:
        kind = waiting.pop(0)
        if not kind.__name__.startswith("_"):
            yield kind
        waiting.extend(kind.__subclasses__())


def class_of(code: str) -> type[RatchetError]:
    """Return the class with this code, the root for a code nobody knows."""
    return next((kind for kind in error_classes() if code_of(kind) == code), RatchetError)
