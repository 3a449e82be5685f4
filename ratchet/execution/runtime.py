"""What executions share: the pool of workers, the gateway, the schemas and transpiled sources. No global state."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING

from ratchet.engine import ENGINES, MOST_MEMORY_BYTES
from ratchet.errors import InvalidTask, NotPermitted, RatchetError, Unavailable
from ratchet.execution.schemas import Schemas
from ratchet.gateway.gateway import Gateway
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.frames import ProtocolViolation, pack_request, parse_json
from ratchet.sandbox.pool import ALONE, Pool
from ratchet.sandbox.supervise import Listener, Outcome, Unheard, supervise
from ratchet.task.model import Limits, Task
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject, Place

if TYPE_CHECKING:
    from ratchet.cache import Cache
    from ratchet.engine.source import Transpiled
    from ratchet.execution.fetches import Fetches
    from ratchet.execution.surroundings import Surroundings
    from ratchet.gateway.secrets import Secrets


class Runtime:
    """Owns the workers and caches of this process; close it, or use it in a `with` block.

    Args:
        limits: The operator's ceilings.
        pool: Where workers come from.
        cache: Where what was read from sources is kept between processes; None keeps transpiled ones in memory only.
        engine_by_task: Whether a task's metadata may choose another engine than the one of the pool.
        require_isolation: The least level that a worker must reach: none, partial or full.
        gateway: The only way out; one that lets tasks reach any public address without it.
        validate_schemas: Whether inputs and outputs are checked against the tasks' schemas.
        around_checks: What to have around a check against the user's own schemas; see `Schemas`.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        pool: Pool | None = None,
        cache: Cache | None = None,
        engine_by_task: bool = False,
        require_isolation: str = "none",
        validate_schemas: bool = True,
        gateway: Gateway | None = None,
        around_checks: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.limits = limits or Limits()
        self.pool = pool or Pool()
        self.gateway = gateway or Gateway()
        self.cache = cache
        self._engine_by_task = engine_by_task
        self.schemas = Schemas(enabled=validate_schemas, around_own=around_checks)
        self._require_isolation = require_isolation
        self.transpiled: OrderedDict[str, Transpiled] = OrderedDict()

    def __enter__(self) -> Runtime:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process that was started, and close every connection."""
        self.schemas.close()
        self.pool.close()
        self.gateway.close()

    def engine_for(self, task: Task) -> str:
        """Return the engine that a task runs on.

        Raises:
            InvalidTask: Its metadata names an engine that nobody knows.
            NotPermitted: It names another than the operator's, who leaves no choice.
        """
        wanted = task.metadata.engine
        if wanted is None or wanted == self.pool.engine:
            return self.pool.engine
        place = Place(task.path_of(task.metadata.metadata_file))
        if wanted not in ENGINES:
            known = " or ".join(f"`{name}`" for name in ENGINES)
            raise InvalidTask(f"There is no engine `{printable(wanted)}`", place=place, hint=f"It is {known}")
        if not self._engine_by_task:
            raise NotPermitted(
                f"The task asks for the engine `{wanted}`, and tasks run on `{self.pool.engine}` here",
                place=place,
                hint=f"Set `execution.engine_by_task: true`, or run it with `--engine {wanted}`",
            )
        return wanted

    def work(
        self,
        make_request: Callable[[], bytes],
        limits: Limits,
        listener: Listener,
        cancellation: Cancellation,
        *,
        depth: int = ALONE,
        engine: str | None = None,
    ) -> Outcome:
        """Have a worker answer a request, as soon as there is one.

        Args:
            make_request: Called when a worker is there; see `frames.pack_request`.
            depth, engine: See `Pool.lend`.

        Raises:
            NotPermitted: Workers are confined less than required.
            MissingExtra: The engine is not installed.
            Cancelled: Somebody cancelled before a worker was there.
        """
        asked = time.monotonic()
        with self.pool.lend(cancellation, limits, depth=depth, engine=engine) as worker:
            queued = time.monotonic() - asked
            outcome = supervise(
                worker, make_request(), limits, listener, cancellation, require_isolation=self._require_isolation
            )
        outcome.queued_seconds = queued
        return outcome

    def open_fetches(
        self, task: Task, limits: Limits, secrets: Secrets, surroundings: Surroundings, note: Callable[[str], None]
    ) -> Fetches:
        """Return what answers the fetches of one execution.

        Args:
            secrets: What stands behind the placeholders in its requests.
            note: Takes a sentence about a request for the task's console.
        """
        from ratchet.execution.fetches import Fetches

        gate = self.gateway.open_gate(task.metadata.permissions, secrets, surroundings.answers, surroundings.checkpoint)
        return Fetches(gate, limits, note)

    def read_source(self, bundle: str, program: str, request: Json, *, place: Place, ends: float) -> Json:
        """Run one of our own programs over a task's text, in a worker, and return its answer.

        Args:
            bundle, program: Names of files of the engine: a vendored bundle, and the program that uses it.
            place: The file that the text is from.
            ends: When the answer must be there, a `time.monotonic()`.

        Raises:
            InvalidTask: The text takes too much time or memory to read.
            Unavailable: The program did not end well; the text may have been made to break it.
        """
        from ratchet.execution.programs import read_program

        message: JsonObject = {"kind": "read", "bundle": read_program(bundle), "program": read_program(program)}
        message["request"] = request
        limits = self.limits.lowered(max(0.001, ends - time.monotonic()), MOST_MEMORY_BYTES[self.pool.engine])
        outcome = self.work(lambda: pack_request(message), limits, Unheard(), Cancellation())
        if outcome.body is None:
            raise _unreadable(outcome, place)
        try:
            return parse_json(outcome.body)
        except ProtocolViolation as violation:
            raise Unavailable(f"`{place.file}` could not be read: the worker sent {violation}", place=place) from None


def _unreadable(outcome: Outcome, place: Place) -> RatchetError:
    said = outcome.details.get("reason") or outcome.details.get("message") or ""
    reason = str(said).partition("\n")[0]
    if outcome.code == "time_limit":
        return InvalidTask(f"`{place.file}` takes too long to read", place=place, hint="Split it into smaller files")
    if outcome.code == "memory_limit" or "out of memory" in reason:
        message = f"`{place.file}` takes too much memory to read"
        return InvalidTask(message, place=place, hint="Split it into smaller files")
    message = f"`{place.file}` could not be read: {outcome.code} {reason}".rstrip()
    return Unavailable(message, place=place, hint="`ratchet doctor` says what is missing")
