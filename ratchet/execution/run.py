"""`run`: check the input, run the task in a worker, check the output, and return what happened."""

from __future__ import annotations

import functools
import time

from ratchet.execution.calls import Calls, FindTask, Parent
from ratchet.execution.document import ConsoleLine, Execution, TaskReference, new_execution_id
from ratchet.execution.judge import judge
from ratchet.execution.listener import Listener, OfCalled, Silent
from ratchet.execution.request import context_of, encode_input, prepare_input, run_request
from ratchet.execution.runtime import Runtime
from ratchet.execution.sources import load_sources
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.frames import pack_request
from ratchet.sandbox.supervise import Answer
from ratchet.task.model import Limits, Task
from ratchet.values import Json, JsonObject


class _Record:
    """Keeps what a worker says and passes it on."""

    def __init__(self, listener: Listener, calls: Calls) -> None:
        self._listener = listener
        self._calls = calls
        self.lines: list[ConsoleLine] = []
        self.last_progress: JsonObject | None = None

    def console(self, level: str, time_ms: int, text: str) -> None:
        """Keep a line."""
        line = ConsoleLine(level=level, time_ms=time_ms, text=text)
        self.lines.append(line)
        self._listener.console(line)

    def progress(self, report: JsonObject) -> None:
        """Keep the last report."""
        self.last_progress = report
        self._listener.progress(report)

    def ask(self, kind: str, payload: Json, answer: Answer) -> None:
        """Pass a question of the task to whoever answers its kind."""
        if kind == "call":
            self._calls.start(payload, answer)
        else:
            answer({"error": {"name": "Error", "message": f"Nobody answers `{kind[:40]}`"}})


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
    parent: Parent | None = None,
) -> Execution:
    """Run a task on an input and return the execution, whether it completed, failed or was cancelled.

    Args:
        value: The input, any JSON value; defaults of the input schema are filled in.
        limits: Ceilings for this run in place of the runtime's; the task's metadata may lower them further.
        find_task: Where `context.call` finds tasks; without it, no task can call another.
        parent: The execution that makes this call.

    Raises:
        InvalidTask: The source has a syntax error, or offers no function to call.
        InvalidInput: The input does not fit the schema, or is too large.
    """
    created = time.time()
    listener = listener or Silent()
    if parent is not None:
        listener = OfCalled(listener, task.name)
    limits = (limits or runtime.limits).lowered(task.metadata.timeout_seconds, task.metadata.memory_bytes)
    value = prepare_input(runtime, task, value, listener)
    sources = load_sources(runtime, task, limits.timeout_seconds)
    body = encode_input(value, sources, limits)
    identity = execution_id or new_execution_id()
    caller = Parent(identity, (*(parent.chain if parent else ()), task.name))
    run_called = functools.partial(run, runtime, listener=listener, find_task=find_task, parent=caller)
    calls = Calls(run_called, task, caller, limits, find_task)
    record = _Record(listener, calls)
    cancellation = cancellation or Cancellation()

    def make_request() -> bytes:
        return pack_request(run_request(sources, context_of(task, identity, limits)), body)

    try:
        outcome = runtime.work(make_request, limits, record, cancellation, depth=len(parent.chain) if parent else 0)
    finally:
        calls.close()
    finished = time.time()
    error = judge(runtime, task, sources, limits, outcome)
    return Execution(
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
        console=tuple(record.lines),
        console_dropped=outcome.console_dropped,
        progress=record.last_progress,
        duration_ms=round(outcome.duration_seconds * 1000),
        queued_ms=round(outcome.queued_seconds * 1000),
        used={**outcome.used, "output_bytes": len(outcome.body or b"")},
        engine={**(outcome.engine or {}), "isolation": outcome.isolation},
        parent_id=parent.id if parent else None,
    )
