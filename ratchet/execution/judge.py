"""Decide what became of an execution: completed, failed, or a source that could not run at all."""

from __future__ import annotations

from collections.abc import Mapping

from ratchet.errors import InvalidTask, TimeLimit
from ratchet.execution.document import ExecutionError
from ratchet.execution.runtime import Runtime
from ratchet.execution.sources import Sources
from ratchet.sandbox.frames import read_json
from ratchet.sandbox.supervise import Outcome
from ratchet.task.model import Limits, Task
from ratchet.task.parse import DEEPEST, is_deeper_than
from ratchet.values import Json, JsonObject, Place, Problem

_SYNTAX = "Syntax error: "


def judge(runtime: Runtime, task: Task, sources: Sources, limits: Limits, outcome: Outcome) -> ExecutionError | None:
    """Return why the execution failed, None when it completed.

    Raises:
        InvalidTask: The source has a syntax error, offers no function, or declares an import that leads nowhere.
    """
    if outcome.code == "no_entry" or _is_syntax_error(outcome):
        raise _refusal(runtime, task, sources, outcome)
    if outcome.code is not None:
        # Imported when needed: a run that completes pays nothing for the search of error positions.
        from ratchet.execution.failure import explain_failure

        error = explain_failure(task, sources, limits, outcome)
        if _is_failed_import(error):
            return _place_import(runtime, task, error)
        return _parse_again(runtime, task, error) if _is_unreadable_module(error) else error
    assert outcome.body is not None
    try:
        # Decoded here, since `json` would take UTF-16 too, which nobody later does.
        value = read_json(outcome.body.decode())
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
    try:
        problems = runtime.schemas.check_output(task, value).problems
    except TimeLimit as error:
        return ExecutionError(code=error.code, message=error.message, hint=error.hint, place=error.place)
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

    wanted = error.message.partition("'")[2].partition("'")[0]
    for problem in check_sources(runtime, task):
        place = problem.place
        if place is not None and problem.message.startswith(f"Cannot load `{wanted}`"):
            if not (place.text or "(")[: (place.column or 1) - 1].rstrip().endswith("("):
                raise InvalidTask(problem.message, place=place, hint=problem.hint)
            return error._replace(place=place, hint=problem.hint)
    return error


def _is_unreadable_module(error: ExecutionError) -> bool:
    """Tell a syntax error in a file that the running task loaded: its stack begins with a place in no function."""
    first, _, rest = (error.stack or "").partition("\n")
    return (
        error.name == "SyntaxError" and bool(first) and "(" not in first and "(native)" not in rest.partition("\n")[0]
    )


def _parse_again(runtime: Runtime, task: Task, error: ExecutionError) -> ExecutionError:
    """Return the syntax error of a file in the words and at the place of a real parser."""
    from ratchet.execution.check import check_sources

    for problem in check_sources(runtime, task):
        same_file = problem.place is not None and error.place is not None and problem.place.file == error.place.file
        if same_file and problem.message.startswith(_SYNTAX):
            return error._replace(message=problem.message.removeprefix(_SYNTAX), place=problem.place)
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
