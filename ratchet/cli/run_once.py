"""`ratchet run-once`: run one task, print its output."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import typer

from ratchet.cli.application import Session, make_app
from ratchet.cli.input_value import read_input
from ratchet.cli.listener import TerminalListener
from ratchet.cli.paths import cache_folder
from ratchet.errors import InvalidInput
from ratchet.execution.document import Execution
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import Pool
from ratchet.task.load import load_task
from ratchet.task.model import Limits
from ratchet.task.quantity import parse_size
from ratchet.task.siblings import sibling_finder

app = make_app()


@app.command()
def run_once(
    context: typer.Context,
    task: str = typer.Argument("", help="Folder or ZIP of the task", show_default=False),
    input_text: str = typer.Option(
        "", "--input", "--input-json", metavar="JSON", help="Input as JSON, @FILE, or - for stdin", show_default=False
    ),
    settings: list[str] = typer.Option([], "--set", metavar="KEY=VALUE", help="One key of the input; repeatable"),
    from_fs: str = typer.Option(
        "", "--from-fs", metavar="PATH", help="Another way to name the task", show_default=False
    ),
    timeout: float = typer.Option(0.0, "--timeout", metavar="SECONDS", help="Wall-clock limit", show_default="30"),
    memory: str = typer.Option("", "--memory", metavar="SIZE", help="Memory limit, such as 64MB", show_default="96MB"),
    output: str = typer.Option(
        "", "--output", metavar="FILE", help="Write to a file, not to stdout", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the whole execution"),
) -> int:
    """Run one task and print its output as JSON."""
    path = task or from_fs
    if not path or (task and from_fs):
        raise typer.BadParameter("Name one task: a folder or a ZIP")
    limits = _limits(timeout, memory)
    loaded = load_task(path)
    value = read_input(input_text, settings)
    session: Session = context.obj
    cancellation = Cancellation()
    listener = TerminalListener()
    with _open_runtime(session, limits) as runtime, _cancel_on_interrupt(cancellation), listener:
        execution = run(
            runtime,
            loaded,
            value,
            listener=listener,
            cancellation=cancellation,
            find_task=sibling_finder(loaded.location) if loaded.permissions.tasks else None,
        )
    return _report(execution, output, as_json)


def _open_runtime(session: Session, limits: Limits) -> Runtime:
    pool = Pool("spawn", maximum=1)
    if session.started is not None:
        from ratchet.sandbox.workers import SpawnedWorker

        pool.add(SpawnedWorker(session.started))
    return Runtime(limits=limits, pool=pool, cache_folder=cache_folder())


def _limits(timeout: float, memory: str) -> Limits:
    limits = Limits()
    if timeout:
        if not 0 < timeout <= 86_400:
            raise typer.BadParameter("`--timeout` takes seconds, more than 0 and at most 86400")
        # Who asks for more time on the command line wants all of it for computing too.
        limits = replace(limits, timeout_seconds=timeout, cpu_seconds=max(limits.cpu_seconds, timeout))
    if memory:
        size = parse_size(memory)
        if size is None:
            raise typer.BadParameter("`--memory` takes a size such as `64MB` or a number of bytes")
        if size > limits.memory_bytes:
            raise InvalidInput(
                f"`--memory {memory}` is above the {limits.memory_bytes >> 20} MB that the dukpy engine can use",
                hint="Work on smaller pieces, or leave the flag out",
            )
        limits = replace(limits, memory_bytes=size)
    return limits


@contextmanager
def _cancel_on_interrupt(cancellation: Cancellation) -> Iterator[None]:
    """Turn the first Ctrl-C into a cancellation, so that the execution is still reported; the second ends it all."""

    def interrupt(number: int, _frame: object) -> None:
        signal.signal(number, signal.default_int_handler)
        cancellation.cancel()

    try:
        before = signal.signal(signal.SIGINT, interrupt)
    except ValueError:  # Not the main thread: whoever embeds this has the signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _report(execution: Execution, output: str, as_json: bool) -> int:
    """Print the output, or the whole execution, and return the exit code."""
    error = execution.error
    if as_json:
        _write(json.dumps(execution.to_json(), indent=2, ensure_ascii=False), output)
    elif error is None:
        assert execution.output_json is not None
        pretty = bool(output) or sys.stdout.isatty()
        text = json.dumps(execution.output, indent=2, ensure_ascii=False) if pretty else execution.output_json
        _write(text, output)
    if error is None:
        return 0
    if not as_json:
        from ratchet.cli.report import render_execution_error

        print(render_execution_error(error), file=sys.stderr)
    return error.kind.exit_code


def _write(text: str, output: str) -> None:
    data = text.encode("utf-8", "surrogatepass") + b"\n"
    if not output:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    temporary = f"{output}.{os.getpid()}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        os.replace(temporary, output)
    except OSError as error:
        raise InvalidInput(f"`{output}` cannot be written: {error.strerror}") from None
