"""`ratchet permissions`: what a task needs to reach, and what it declares."""

from __future__ import annotations

import sys

import typer

from ratchet.cases.declare import declare_permissions
from ratchet.cases.load import load_suite
from ratchet.cases.needs import KINDS, Needs, needs_of
from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_task
from ratchet.cli.configured import load_for, open_pool, open_runtime
from ratchet.cli.output import print_json
from ratchet.cli.report import inert_line
from ratchet.cli.talk import print_warning
from ratchet.errors import NotFound
from ratchet.execution.check import uses_of
from ratchet.execution.recorded import Recording, find_recordings, is_recording, load_recording
from ratchet.task.load import load_task
from ratchet.values import JsonObject

app = make_app()


@app.callback()
def permissions() -> None:
    """Find out what a task needs to reach."""


@app.command()
def infer(
    context: typer.Context,
    task: str = typer.Argument(metavar="TASK", help="Folder or ZIP of the task", autocompletion=complete_task),
    recordings: list[str] = typer.Option(
        [], "--recording", metavar="PATH", help="Recording of the task, or folder of many; repeatable"
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Print what would be written, and write nothing"),
    as_json: bool = typer.Option(False, "--json", help="Print the permissions as JSON, and write nothing"),
) -> None:
    """Write the least permissions that a task needs into its metadata."""
    loaded = load_task(task)
    configuration = load_for(context.obj, {})
    with open_runtime(configuration, open_pool(configuration)) as runtime:
        used = uses_of(runtime, loaded)
    needs = needs_of(loaded, used, load_suite(loaded), _load_all(recordings))
    found = needs.permissions(loaded.metadata.permissions)
    _warn_of_unknown(needs)
    if as_json:
        print_json(found)
    elif dry_run:
        _print(found)
    elif found == _declared(loaded.metadata.permissions._asdict()):
        print("The metadata declares just that", file=sys.stderr)
    else:
        path = declare_permissions(loaded, found)
        _print(found)
        print(f"Wrote {inert_line(path)}", file=sys.stderr)


def _declared(permissions: JsonObject) -> JsonObject:
    return {kind: sorted(permissions[kind] or []) for kind in KINDS if permissions[kind] or kind == "net"}


def _load_all(paths: list[str]) -> list[Recording]:
    found: list[Recording] = []
    for path in paths:
        single = [path] if is_recording(path) else find_recordings(path)
        if not single:
            raise NotFound(f"There is no recording in `{inert_line(path)}`")
        found += map(load_recording, single)
    return found


def _print(found: JsonObject) -> None:
    for kind in KINDS:
        if kind in found:
            print(f"{kind}: {inert_line(', '.join(found[kind])) or 'nothing'}")


def _warn_of_unknown(needs: Needs) -> None:
    for place in needs.unknown:
        print_warning(
            f"{inert_line(place)}: Only running the task tells what is asked for here; what is declared stays"
        )
