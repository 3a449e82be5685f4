"""`run`: check the input, run the task in a worker, check the output, and return what happened."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ratchet.engine import MOST_MEMORY_BYTES
from ratchet.execution.calls import Calls, FindTask, Parent
from ratchet.execution.document import Execution, ExecutionError, RequestMade, TaskReference, new_execution_id
from ratchet.execution.heard import Heard
from ratchet.execution.judge import judge
from ratchet.execution.listener import Listener, OfCalled, Silent
from ratchet.execution.request import context_of, encode_input, new_seed, prepare_input, run_request
from ratchet.execution.runtime import Runtime
from ratchet.execution.signatures import Signatures
from ratchet.execution.sources import Sources, load_sources
from ratchet.execution.surroundings import AS_IT_IS, Recorder, Surroundings, Witnessed
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.frames import pack_request
from ratchet.task.model import Limits, Task
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.gateway.checkpoint import Departure
    from ratchet.gateway.exchange import Exchange
    from ratchet.gateway.secrets import Secrets
    from ratchet.sandbox.supervise import Outcome


def run(
    runtime: Runtime,
    task: Task,
    value: Json,
    *,
    limits: Limits | None = None,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
    execution_id: str | None = None,
    find_task: FindTask | None = None,
    find_beside: Callable[[Task], FindTask] | None = None,
    parent: Parent | None = None,
    surroundings: Surroundings = AS_IT_IS,
    recorder: Recorder | None = None,
    sources: Sources | None = None,
) -> Execution:
    """Run a task on an input and return the execution, whether it completed, failed or was cancelled.

    Args:
        value: The input, any JSON value; defaults of the input schema are filled in.
        limits: Ceilings for this run in place of the runtime's; the task's metadata may lower them further.
        find_task: Where `context.call` finds tasks; without it, no task can call another.
        find_beside: Where a called task finds tasks; in the same place without it.
        parent: The execution that makes this call.
        surroundings: What the task finds in place of the network, the clock and chance.
        recorder: Who keeps the execution, to be replayed.
        sources: Texts to run in place of the task's own.

    Raises:
        InvalidTask: The source has a syntax error, or offers no function to call.
        InvalidInput: The input does not fit the schema, or is too large.
        NotPermitted, MissingExtra: The engine that the task asks for.
        TimeLimit: The task is foreign, and its input schema takes too long to check.
    """
    created = time.time()
    listener = listener or Silent()
    if parent is not None:
        listener = OfCalled(listener, task.name)
    engine = runtime.engine_for(task)
    limits = (limits or runtime.limits).lowered(task.metadata.timeout_seconds, task.metadata.memory_bytes)
    limits = limits.lowered(memory_bytes=MOST_MEMORY_BYTES[engine])
    cancellation = cancellation or Cancellation()
    value = prepare_input(runtime, task, value, listener, cancellation)
    sources = sources or load_sources(runtime, task, limits.timeout_seconds)
    body = encode_input(value, sources, limits)
    listener.accepted()
    identity = execution_id or new_execution_id()
    caller = Parent(identity, (*(parent.chain if parent else ()), task.name))
    as_called = functools.partial(run, runtime, listener=listener, parent=caller, surroundings=surroundings.of_called)

    def run_called(task: Task, value: Json, *, limits: Limits, cancellation: Cancellation) -> Execution:
        finder = find_task if find_beside is None else find_beside(task)
        return as_called(task, value, limits=limits, cancellation=cancellation, find_task=finder)

    calls = Calls(run_called, task, caller, limits, find_task, surroundings.calls)
    secrets = runtime.gateway.open_secrets(
        task.metadata.permissions, surroundings.secrets or {}, sends=surroundings.answers is None
    )
    signatures = Signatures(secrets, surroundings.signatures)
    open_fetches = functools.partial(runtime.open_fetches, task, limits, secrets, surroundings)
    heard = Heard(listener, secrets, calls, signatures, open_fetches)
    checkpoint = surroundings.checkpoint
    if checkpoint is not None:
        checkpoint.on_departure(cancellation.cancel)
    seed = surroundings.seed or new_seed()
    context: JsonObject = {}

    def make_request() -> bytes:
        listener.started()
        # When a worker is there: the deadline is counted from now.
        context.update(context_of(task, identity, limits, secrets.refusals(), surroundings.context))
        timing = {"record": True} if recorder is not None else surroundings.time
        return pack_request(run_request(sources, context, seed=seed, timing=timing), body)

    try:
        depth = len(parent.chain) if parent else 0
        outcome = runtime.work(make_request, limits, heard, cancellation, depth=depth, engine=engine)
    finally:
        heard.close()
    finished = time.time()
    _mask(outcome, secrets)
    departure = checkpoint.departure if checkpoint is not None else None
    error = judge(runtime, task, sources, limits, outcome) if departure is None else _error_of(departure, secrets)
    execution = Execution(
        id=identity,
        task=TaskReference(name=task.name, version=task.version, digest=task.digest, source=task.location),
        status="completed" if error is None else "cancelled" if error.code == "cancelled" else "failed",
        input=value,
        limits=limits,
        created_at=created,
        started_at=finished - outcome.duration_seconds,
        finished_at=finished,
        output_json=None if error or outcome.body is None else outcome.body.decode("utf-8", "replace"),
        error=error,
        console=tuple(heard.lines),
        console_dropped=outcome.console_dropped,
        progress=heard.last_progress,
        requests=tuple(_request_made(exchange) for exchange in heard.exchanges),
        duration_ms=round(outcome.duration_seconds * 1000),
        queued_ms=round(outcome.queued_seconds * 1000),
        used={**outcome.used, "fetches": len(heard.exchanges), "output_bytes": len(outcome.body or b"")},
        engine={**(outcome.engine or {}), "isolation": outcome.isolation},
        parent_id=parent.id if parent else None,
        ran=outcome.ran,
    )
    if recorder is None:
        return execution
    witnessed = Witnessed(heard.exchanges, tuple(calls.made), outcome.trace, seed, context, tuple(signatures.made))
    return execution._replace(recording=recorder.keep(task, execution, witnessed))


def _error_of(departure: Departure, secrets: Secrets) -> ExecutionError:
    details = [{"pointer": each.pointer, "message": each.sentence} for each in departure.differing]
    message, hint, details = secrets.mask_value([departure.message, departure.hint, details])
    return ExecutionError("not_permitted", message, hint=hint, details=details or None)


def _mask(outcome: Outcome, secrets: Secrets) -> None:
    """Take the values of secrets out of what a task returned or threw."""
    masker = secrets.masker
    if masker is None:
        return
    outcome.details = masker.mask_value(outcome.details)
    if outcome.body is not None:
        outcome.body = masker.mask_json_text(outcome.body.decode("utf-8", "surrogatepass")).encode(
            "utf-8", "surrogatepass"
        )


def _request_made(exchange: Exchange) -> RequestMade:
    response = exchange.response
    return RequestMade(
        method=exchange.request.method,
        url=exchange.request.url,
        status=None if response is None else response.status,
        duration_ms=round(exchange.duration_ms),
        bytes_out=len(exchange.request.body or b""),
        bytes_in=None if response is None else len(response.body),
        source=exchange.source,
        error=None if exchange.failure is None else exchange.failure.message,
    )
