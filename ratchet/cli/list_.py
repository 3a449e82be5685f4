"""`ratchet list`: the tasks in a folder."""

from __future__ import annotations

import os
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
from ratchet.config.configuration import Configuration
from ratchet.errors import RatchetError
from ratchet.task.document import task_json
from ratchet.task.find import find_tasks
from ratchet.task.model import Task

app = make_app()


@app.command()
def list_(
    context: typer.Context,
    directory: str = typer.Argument(
        "",
        metavar="DIR",
        help="Folder to look in",
        show_default=". and the sources",
        autocompletion=complete_folder,
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the tasks as JSON, with their schemas"),
) -> None:
    """List the tasks in a folder, or all there are."""
    configuration = load_for(context.obj, {})
    offered, left_out = ([], set()) if directory else _offered(configuration)
    directory = directory or "."
    # A folder below this one may be a source; its tasks are shown once.
    elsewhere = {os.path.realpath(task.location) for _, task in offered} | left_out
    tasks = []
    broken = []
    for found in find_tasks(directory):
        if isinstance(found, RatchetError):
            if found.place is None or os.path.realpath(found.place.file) not in elsewhere:
                broken.append(found)
        elif os.path.realpath(found.location) not in elsewhere:
            tasks.append(found)
    if as_json:
        own = [{**task_json(task), "source": None} for task in tasks]
        print_json(own + [{**task_json(task), "source": source} for source, task in offered])
    else:
        rows = [_row_of(task) for task in tasks]
        rows += [(*_row_of(task)[:2], f"{source}/{task.name}", _row_of(task)[3]) for source, task in offered]
        if rows and has_person(sys.stdout):
            _print_table(rows)
        else:
            _print_rows(rows)
    for error in broken:
        where = error.place.file if error.place else directory
        print_warning(f"`{inert_line(where)}` is left out: {inert_line(error.message)}")
    if broken:
        print_hint(f"`ratchet validate {inert_line(directory)}` says more")
    elif not tasks and not configuration.values["registry.sources"]:
        print(f"There is no task in `{inert_line(directory)}`", file=sys.stderr)
        print_hint(f"`ratchet generate task {inert_line(directory)}/NAME` makes one")


def _offered(configuration: Configuration) -> tuple[list[tuple[str, Task]], set[str]]:
    """Return the tasks of all sources, each with its source, and the paths of those that are said to be left out."""
    if not configuration.values["registry.sources"]:
        return [], set()
    from ratchet.cli.sources import open_catalogue, say_if_not_current

    tasks: list[tuple[str, Task]] = []
    left_out: set[str] = set()
    for offer in open_catalogue(configuration).read():
        say_if_not_current(offer)
        messages = [problem.message for problem in offer.contents.problems]
        left_out |= {os.path.realpath(problem.place.file) for problem in offer.contents.problems if problem.place}
        for entry in offer.contents.entries:
            try:
                tasks.append((entry.source, entry.load()))
            except RatchetError as error:
                messages.append(f"`{entry.location}` is left out: {error.message}")
        for message in messages:
            print_warning(inert_line(message))
    return tasks, left_out


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
