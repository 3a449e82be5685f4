"""What an execution finds around it in place of the world, and who keeps what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.execution.document import Execution
    from ratchet.execution.signatures import SignatureMade
    from ratchet.gateway.checkpoint import Checkpoint
    from ratchet.gateway.exchange import Answers, Exchange
    from ratchet.gateway.secret import ReadValue
    from ratchet.task.model import Task


class CallMade(NamedTuple):
    """What a called task gave back.

    Args:
        number: Of the question that the worker asked; unique in an execution.
        answer: `value` or `error`, as the calling script gets it.
    """

    number: int
    task: str
    input: Json
    answer: JsonObject


class Surroundings(NamedTuple):
    """What an execution is given in place of the network, the clock, chance and other tasks.

    Args:
        answers: What answers its requests.
        calls: What called tasks give back, by the number of the question; others are not run.
        time: See `engine.timeline.open_timeline`; None for time as it passes.
        seed: 32 bytes in hexadecimal digits; None for a seed from the system.
        context: Facts of `context` that differ from those of a run of today.
        checkpoint: Who decides over the requests that go out, those of called tasks too.
        secrets: Values by name, in place of those that the configuration binds.
        signatures: What comes of questions for signatures, by their numbers; nothing is signed.
    """

    answers: Answers | None = None
    calls: Mapping[int, JsonObject] | None = None
    time: JsonObject | None = None
    seed: str | None = None
    context: Mapping[str, Json] | None = None
    checkpoint: Checkpoint | None = None
    secrets: Mapping[str, ReadValue] | None = None
    signatures: Mapping[int, JsonObject] | None = None

    @property
    def of_called(self) -> Surroundings:
        """What a task finds that is called from there: the same answers and time, calls and facts of its own.

        A secret that was given by hand was given to one task; those of a case of tests reach nobody.
        """
        secrets = None if self.answers is None else self.secrets
        return self._replace(calls=None, context=None, secrets=secrets, signatures=None)


AS_IT_IS = Surroundings()


class Witnessed(NamedTuple):
    """What an execution saw of its surroundings.

    Args:
        trace: `clock` and `events`, see `engine.timeline`; None where the worker did not get to say.
        context: The facts of its `context`.
    """

    exchanges: tuple[Exchange, ...]
    calls: tuple[CallMade, ...]
    trace: JsonObject | None
    seed: str
    context: JsonObject
    signatures: tuple[SignatureMade, ...] = ()


class Recorder(Protocol):
    """Who keeps an execution so that it can be replayed."""

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> str | None:
        """Keep it and return where; None for no place that has a name."""
