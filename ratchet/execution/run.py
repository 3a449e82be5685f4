"""`run`: check the input, run the task in a worker, check the output, and return what happened."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Protocol

from ratchet.errors import InvalidInput, InvalidTask
from ratchet.execution.calls import Calls, FindTask, Parent
from ratchet.execution.document import ConsoleLine, Execution, ExecutionError, TaskReference, new_execution_id
from ratchet.execution.runtime import Runtime
from ratchet.execution.sources import Sources, load_sources
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.frames import refuse_constant
from ratchet.sandbox.supervise import Answer, Outcome, supervise
from ratchet.task.model import Limits, Task
from ratchet.task.parse import DEEPEST, is_deeper_than
from ratchet.task.precision import check_precision
from ratchet.values import Json, JsonObject, Place, Problem

_ENVELOPE_BYTES = 4096


class Listener(Protocol):
    """Who hears of an execution as it happens."""

    def warning(self, problem: Problem) -> None:
        """Something is odd about the input."""

    def console(self, line: ConsoleLine) -> None:
        """The task wrote a line."""

    def progress(self, report: JsonObject) -> None:
        """The task reported progress: fraction, step, message, data."""


class Silent:
    """A listener for those who read the `Execution` afterwards."""

    def warning(self, problem: Problem) -> None:
        """Drop it."""

    def console(self, line: ConsoleLine) -> None:
        """Drop it; the execution keeps the line."""

    def progress(self, report: JsonObject) -> None:
        """Drop it; the execution keeps the last one."""


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
    limits = (limits or runtime.limits).lowered(task.metadata.timeout_seconds, task.metadata.memory_bytes)
    value = prepare_input(runtime, task, value, listener)
    sources = load_sources(runtime, task)
    identity = execution_id or new_execution_id()
    request = _request(task, sources, value, identity, limits)
    chain = (*(parent.chain if parent else ()), task.name)
    calls = Calls(runtime, task, Parent(identity, chain), limits, find_task)
    record = _Record(listener, calls)
    cancellation = cancellation or Cancellation()
    asked = time.monotonic()
    with runtime.pool.lend(cancellation, nested=parent is not None) as worker:
        queued_seconds = time.monotonic() - asked
        try:
            outcome = supervise(worker, request, limits, record, cancellation)
        finally:
            calls.close()
    finished = time.time()
    error = _judge(runtime, task, sources, limits, outcome)
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
        queued_ms=round(queued_seconds * 1000),
        used={**outcome.used, "output_bytes": len(outcome.body or b"")},
        engine={**(outcome.engine or {}), "isolation": outcome.isolation},
        parent_id=parent.id if parent else None,
    )


def prepare_input(runtime: Runtime, task: Task, value: Json, listener: Listener) -> Json:
    """Return the input with defaults filled in.

    Raises:
        InvalidInput: With every violation of the input schema.
    """
    if is_deeper_than(value, DEEPEST):
        raise InvalidInput(f"The input is nested more than {DEEPEST} deep", hint="Flatten it, or pass it as text")
    for problem in check_precision(value):
        listener.warning(problem)
    schema = runtime.schema(task, "input")
    if schema is None:
        return value
    from ratchet.task.schema import check_value, fill_defaults

    if schema.has_defaults:
        value = fill_defaults(schema, value)
    problems = check_value(schema, value)
    if problems:
        where = task.input_schema_file or task.metadata.metadata_file
        raise InvalidInput(
            f"The input does not fit `{task.path_of(where)}`",
            problems=problems,
            hint=f"See `{task.path_of(where)}` for what the task takes",
        )
    return value


def _request(task: Task, sources: Sources, value: Json, identity: str, limits: Limits) -> JsonObject:
    try:
        text = json.dumps(value, allow_nan=False)
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"The input is not JSON: {error}") from None
    room = limits.input_frame_bytes - _ENVELOPE_BYTES - sum(len(source) for source in sources.files.values())
    # Both are escaped once more on the way, which at worst doubles a text of quotes.
    size = len(text) + text.count('"') + text.count("\\")
    if size > room:
        raise InvalidInput(f"The input is {size:,} bytes of JSON on its way to the worker, above the limit of {room:,}")
    context = {
        "executionId": identity,
        "taskId": task.metadata.uuid or task.name,
        "taskName": task.name,
        "taskVersion": task.version,
        "jobId": None,
        "attempt": 1,
        "deadline": round((time.time() + limits.timeout_seconds) * 1000),
    }
    return {
        "kind": "run",
        "main": {"id": sources.main, "form": sources.form},
        "files": sources.files,
        "input": text,
        "context": context,
        "seed": os.urandom(32).hex(),
    }


def _judge(runtime: Runtime, task: Task, sources: Sources, limits: Limits, outcome: Outcome) -> ExecutionError | None:
    """Return why the execution failed, None when it completed."""
    if outcome.code == "no_entry" or _is_syntax_error(outcome):
        raise _refusal(runtime, task, sources, outcome)
    if outcome.code is not None:
        # Imported when needed: a run that completes pays nothing for the search of error positions.
        from ratchet.execution.failure import explain_failure

        error = explain_failure(task, sources, limits, outcome)
        return _place_import(runtime, task, error) if _is_failed_import(error) else error
    assert outcome.body is not None
    try:
        # Decoded here, since `json` would take UTF-16 too, which nobody later does.
        value = json.loads(outcome.body.decode(), parse_constant=refuse_constant)
    except ValueError as error:
        return ExecutionError(code="invalid_output", message=f"The output cannot be read as JSON: {error}")
    except RecursionError:
        return _too_deep(task)
    # Whoever reads it later, from deeper in a program of their own, must not fail either.
    if outcome.body.count(b"[") + outcome.body.count(b"{") > DEEPEST and is_deeper_than(value, DEEPEST):
        return _too_deep(task)
    return _check_output(runtime, task, value)


def _too_deep(task: Task) -> ExecutionError:
    message, hint = f"The output is nested more than {DEEPEST} deep", "Return something flatter"
    return ExecutionError(code="invalid_output", message=message, hint=hint, place=Place(task.path_of(task.entrypoint)))


def _check_output(runtime: Runtime, task: Task, value: Json) -> ExecutionError | None:
    schema = runtime.schema(task, "output")
    if schema is None:
        return None
    from ratchet.task.schema import check_value

    problems = check_value(schema, value)
    if not problems:
        return None
    where = task.path_of(task.output_schema_file or task.metadata.metadata_file)
    return ExecutionError(
        code="invalid_output",
        message=f"The output does not fit `{where}`",
        hint=f"Change what the task returns, or `{where}`",
        place=Place(task.path_of(task.entrypoint)),
        details=[_detail(problem) for problem in problems],
    )


def _detail(problem: Problem) -> JsonObject:
    detail = {"pointer": problem.pointer or "", "message": problem.message}
    return {**detail, "hint": problem.hint} if problem.hint else detail


def _is_syntax_error(outcome: Outcome) -> bool:
    """Tell an error in the text from a `SyntaxError` that the running task threw: only that one has callers."""
    details: Mapping[str, object] = outcome.details
    stack = str(details.get("stack") or "").strip()
    return outcome.code == "script_error" and details.get("name") == "SyntaxError" and "(" not in stack


def _is_failed_import(error: ExecutionError) -> bool:
    """Tell an import that the engine itself could not follow, of which it does not say where it stands."""
    return error.name == "ReferenceError" and error.stack is None and error.message.startswith("cannot find module")


def _place_import(runtime: Runtime, task: Task, error: ExecutionError) -> ExecutionError:
    """Return the error with the place and hint of the import that failed, as a parser finds it.

    Raises:
        InvalidTask: It is a declaration, so nothing has run.
    """
    from ratchet.execution.check import check_sources

    wanted = error.message.split("'")[1]
    for problem in check_sources(runtime, task):
        place = problem.place
        if place is not None and problem.message.startswith(f"Cannot load `{wanted}`"):
            if not (place.text or "(")[: (place.column or 1) - 1].rstrip().endswith("("):
                raise InvalidTask(problem.message, place=place, hint=problem.hint)
            return error._replace(place=place, hint=problem.hint)
    return error


def _refusal(runtime: Runtime, task: Task, sources: Sources, outcome: Outcome) -> InvalidTask:
    """Return why the source cannot run, from a real parser where that can tell more than the engine."""
    from ratchet.execution.check import ENTRY_HINT, check_sources

    problems = [problem for problem in check_sources(runtime, task) if problem.severity == "error"]
    if len(problems) == 1:
        return InvalidTask(problems[0].message, place=problems[0].place, hint=problems[0].hint)
    path = task.path_of(sources.main)
    if problems:
        return InvalidTask(f"`{path}` cannot run", problems=problems)
    if outcome.code == "no_entry":
        return InvalidTask(f"`{path}` offers no function to run", place=Place(path), hint=ENTRY_HINT)
    from ratchet.execution.failure import explain_failure

    error = explain_failure(task, sources, runtime.limits, outcome)
    return InvalidTask(f"`{path}` cannot run: {error.message}", place=error.place or Place(path))
