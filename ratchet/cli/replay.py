"""`ratchet replay`: run recordings again and say what differs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_task
from ratchet.cli.configured import load_for, open_pool, open_runtime
from ratchet.cli.interruption import cancel_on_interrupt
from ratchet.cli.output import print_json, to_json, write_output
from ratchet.cli.report import inert, inert_line
from ratchet.cli.talk import print_error
from ratchet.errors import Conflict, Mismatch, NotFound, RatchetError
from ratchet.execution.recorded import find_recordings, is_recording, load_recorded_task, load_recording
from ratchet.execution.replay import Replay, replay
from ratchet.execution.runtime import Runtime
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.values import JsonObject

app = make_app()
Outcome = tuple[str, Replay | RatchetError]
"""The path of a recording, and what came of it."""


@app.command("replay")
def replay_(
    context: typer.Context,
    recording: str = typer.Argument("", metavar="RECORDING", help="Recording, or folder of many", show_default=False),
    named: str = typer.Option(
        "", "--recording", metavar="PATH", help="Another way to name the recording", show_default=False
    ),
    task: str = typer.Option(
        "",
        "--task",
        "--from-fs",
        metavar="TASK",
        help="Task to run in place of the recorded one",
        show_default=False,
        autocompletion=complete_task,
    ),
    as_case: str = typer.Option(
        "", "--as-case", metavar="FILE", help="Write the recording as a case, and run nothing", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON"),
) -> int:
    """Run a recording again, without the network, and say what differs."""
    path = recording or named
    if not path or (recording and named):
        raise typer.BadParameter("Name one recording, or one folder of them")
    configuration = load_for(context.obj, {})
    if as_case:
        _write_case(path, as_case)
        return 0
    loaded = load_task(task) if task else None
    alone = is_recording(path)
    paths = [path] if alone else find_recordings(path)
    if not paths:
        hint = "`ratchet run-once TASK --record DIR` makes one"
        raise NotFound(f"There is no recording in `{inert_line(path)}`", hint=hint)
    cancellation = Cancellation()
    with open_runtime(configuration, open_pool(configuration)) as runtime, cancel_on_interrupt(cancellation):
        outcomes = list(_replay_all(runtime, paths, loaded, cancellation))
    if as_json:
        print_json([_report(*outcome) for outcome in outcomes])
    else:
        _print(outcomes, alone=alone)
    return _exit_code(outcomes)


def _write_case(path: str, file: str) -> None:
    """Write a recording as a case file, which must not be there yet."""
    from ratchet.cases.from_recording import case_of

    if os.path.lexists(file):
        raise Conflict(f"`{inert_line(file)}` is there already", hint="Name another file")
    name = os.path.splitext(os.path.basename(file))[0]
    write_output(to_json(case_of(load_recording(path), name)), file)
    print(inert_line(file))


def _replay_all(runtime: Runtime, paths: list[str], task: Task | None, cancellation: Cancellation) -> Iterator[Outcome]:
    """Yield what came of each; one that cannot be read does not keep the others from it."""
    for path in paths:
        try:
            found = load_recording(path)
            yield path, replay(runtime, found, task or load_recorded_task(path), cancellation=cancellation)
        except RatchetError as error:
            yield path, error


def _exit_code(outcomes: list[Outcome]) -> int:
    refused = [result for _, result in outcomes if isinstance(result, RatchetError)]
    if refused:
        return refused[0].exit_code
    return Mismatch.exit_code if any(isinstance(result, Replay) and result.changes for _, result in outcomes) else 0


def _report(path: str, result: Replay | RatchetError) -> JsonObject:
    if isinstance(result, RatchetError):
        return {"recording": path, "same": False, "error": result.message, "changes": [], "notes": []}
    return {
        "recording": path,
        "same": not result.changes,
        "error": None,
        "changes": [change.to_json() for change in result.changes],
        "notes": list(result.notes),
        "execution": result.execution.to_json(),
    }


def _print(outcomes: list[Outcome], *, alone: bool) -> None:
    """Print what changed; of many recordings those that are the same are only counted."""
    same = 0
    for path, result in outcomes:
        if isinstance(result, RatchetError):
            print(f"{inert_line(path)}: cannot be replayed", flush=True)
            print_error(result)
        elif result.changes or alone:
            _print_replay(path, result)
        same += isinstance(result, Replay) and not result.changes
    if not alone:
        print(f"{same} the same, {len(outcomes) - same} not", file=sys.stderr)


def _print_replay(path: str, result: Replay) -> None:
    count = len(result.changes)
    print(f"{inert_line(path)}: {f'{count} difference' + ('s' if count > 1 else '') if count else 'the same'}")
    for change in result.changes:
        where = f"{change.what} {change.pointer}".rstrip()
        print(f"  {inert_line(where)}: {inert(change.message)}")
    for note in result.notes:
        print(f"Note: {inert_line(note)}", file=sys.stderr)
