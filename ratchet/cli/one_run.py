"""Run a task once, show it as it goes, and print what has come of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ratchet.cli.configured import open_listener
from ratchet.cli.interruption import cancel_on_interrupt
from ratchet.cli.output import print_text, to_json, write_output
from ratchet.errors import RatchetError
from ratchet.execution.calls import FindTask
from ratchet.execution.document import Execution, new_execution_id
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import AS_IT_IS, Recorder, Surroundings
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.model import Task
from ratchet.values import Json

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.gateway.secret import ReadValue


class NotKept(Exception):
    """A task has run, and what has come of it could not be kept.

    Args:
        reason: Why.
    """

    def __init__(self, execution: Execution, reason: RatchetError) -> None:
        super().__init__(reason.message)
        self.execution = execution
        self.reason = reason


def run_shown(
    runtime: Runtime,
    configuration: Configuration,
    task: Task,
    value: Json,
    find_task: FindTask | None,
    secrets: Mapping[str, ReadValue],
    *,
    recorder: Recorder | None,
    surroundings: Surroundings = AS_IT_IS,
) -> Execution:
    """Run the task once and show it as it goes."""
    identity = new_execution_id()
    cancellation = Cancellation()
    with cancel_on_interrupt(cancellation), open_listener(configuration, identity, task) as listener:
        for problem in task.warnings:
            # What is merely missing has no line; what is written there and not understood may be a slip.
            if problem.place is not None and problem.place.line is not None:
                listener.warning(problem)
        execution = run(
            runtime,
            task,
            value,
            listener=listener,
            cancellation=cancellation,
            execution_id=identity,
            find_task=find_task,
            recorder=recorder,
            surroundings=surroundings._replace(secrets=secrets),
        )
        listener.finished(execution)
    return execution


def run_to_end(run_it: Callable[[], Execution], output: str = "", *, as_json: bool, recorded: bool = False) -> int:
    """Run a task, print what has come of it, kept or not, and return the exit code; see `print_end`.

    Raises:
        RatchetError: The task did not run, or what has come of it could not be kept.
    """
    try:
        execution = run_it()
    except NotKept as failure:
        print_end(failure.execution, output, as_json=as_json, recorded=recorded)
        raise failure.reason from None
    return print_end(execution, output, as_json=as_json, recorded=recorded)


def print_end(execution: Execution, output: str = "", *, as_json: bool, recorded: bool = False) -> int:
    """Print the output, or the whole execution, and return the exit code.

    Args:
        output: A file to write to, not to stdout.
        recorded: Whether the user asked for a recording.
    """
    error = execution.error
    if as_json:
        _write(to_json(execution.to_json()), output)
    elif error is None:
        assert execution.output_json is not None
        pretty = bool(output) or sys.stdout.isatty()
        _write(to_json(execution.output) if pretty else execution.output_json, output)
    if recorded and execution.recording is not None and not as_json:
        from ratchet.cli.report import inert_line

        print(f"Recorded in {inert_line(execution.recording)}", file=sys.stderr)
    if execution.console_dropped and not as_json:
        from ratchet.cli.talk import print_warning

        print_warning(f"{execution.console_dropped:,} more lines of the console were left out")
    if error is None:
        return 0
    if not as_json:
        from ratchet.cli.talk import print_error

        print_error(error.to_exception())
    return error.kind.exit_code


def _write(text: str, output: str) -> None:
    if output:
        write_output(text, output)
    else:
        print_text(text)
