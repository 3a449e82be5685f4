"""`ratchet list`: the tasks in a folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_folder
from ratchet.cli.configured import load_for
from ratchet.cli.output import print_json
from ratchet.cli.report import inert_line
from ratchet.cli.talk import print_hint, print_warning
from ratchet.cli.terminal import has_person
from ratchet.task.find import find_tasks
from ratchet.task.model import Task
from ratchet.values import JsonObject

app = make_app()


@app.command()
def list_(
    context: typer.Context,
    directory: str = typer.Argument(".", metavar="DIR", help="Folder to look in", autocompletion=complete_folder),
    as_json: bool = typer.Option(False, "--json", help="Print the tasks as JSON, with their schemas"),
) -> None:
    """List the tasks in a folder."""
    load_for(context.obj, {})
    tasks = []
    broken = []
    for found in find_tasks(directory):
        if isinstance(found, Task):
            tasks.append(found)
        else:
            broken.append(found)
    if as_json:
        print_json([_task_json(task) for task in tasks])
    elif tasks and has_person(sys.stdout):
        _print_table([_row_of(task) for task in tasks])
    else:
        _print_rows([_row_of(task) for task in tasks])
    for error in broken:
        where = error.place.file if error.place else directory
        print_warning(f"`{inert_line(where)}` is left out: {inert_line(error.message)}")
    if broken:
        print_hint(f"`ratchet validate {inert_line(directory)}` says more")
    elif not tasks:
        print(f"There is no task in `{inert_line(directory)}`", file=sys.stderr)
        print_hint(f"`ratchet generate task {inert_line(directory)}/NAME` makes one")


def _row_of(task: Task) -> tuple[str, ...]:
    sentence = task.metadata.description or task.metadata.label
    return task.name, task.version, task.location, sentence.split("\n")[0]


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    from ratchet.cli.table import Cell, print_table

    cells = ((Cell(name, "name"), *map(Cell, rest)) for name, *rest in rows)
    print_table(("Name", "Version", "Path", "Description"), cells)


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    """Print columns as wide as their longest cell, but for the last."""
    shown = [tuple(map(inert_line, row)) for row in rows]
    widths = [max((len(row[column]) for row in shown), default=0) for column in range(3)]
    for *columns, sentence in shown:
        cells = [cell.ljust(width) for cell, width in zip(columns, widths, strict=True)]
        print("  ".join([*cells, sentence]).rstrip())


def _task_json(task: Task) -> JsonObject:
    permissions = task.metadata.permissions
    return {
        "name": task.name,
        "label": task.metadata.label,
        "version": task.version,
        "uuid": task.metadata.uuid,
        "description": task.metadata.description,
        "tags": list(task.metadata.tags),
        "category": task.metadata.category,
        "deprecated": task.metadata.deprecated,
        "deprecation_message": task.metadata.deprecation_message,
        "location": task.location,
        "digest": task.digest,
        "timeout_seconds": task.metadata.timeout_seconds,
        "memory_bytes": task.metadata.memory_bytes,
        "permissions": permissions._asdict(),
        "annotations": task.metadata.annotations._asdict(),
        "input_schema": task.input_schema,
        "output_schema": task.output_schema,
    }
