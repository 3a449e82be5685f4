"""`ratchet generate`: new tasks from templates."""

from __future__ import annotations

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_words
from ratchet.cli.configured import load_for
from ratchet.cli.output import print_json
from ratchet.cli.report import inert_line
from ratchet.task.scaffold import TEMPLATES, create_task

app = make_app()


@app.callback()
def generate() -> None:
    """Write new tasks from templates."""


@app.command()
def task(
    context: typer.Context,
    path: str = typer.Argument("", metavar="PATH", help="Folder to make", show_default=False),
    path_option: str = typer.Option("", "--path", metavar="PATH", help="Another way to name it", show_default=False),
    template: str = typer.Option(
        "basic",
        "--template",
        metavar="NAME",
        help=f"What to start from: {', '.join(TEMPLATES)}",
        autocompletion=complete_words(lambda: TEMPLATES),
    ),
    label: str = typer.Option("", "--label", metavar="TEXT", help="Name for people", show_default="from the folder"),
    description: str = typer.Option("", "--description", metavar="TEXT", help="What the task does", show_default=False),
    version: str = typer.Option("0.1.0", "--version", metavar="X.Y.Z", help="Semantic version"),
    as_json: bool = typer.Option(False, "--json", help="Print the paths as JSON"),
) -> None:
    """Write a new task: metadata, source, schemas and a case."""
    load_for(context.obj, {})
    folder = path or path_option
    if not folder or (path and path_option):
        raise typer.BadParameter("Name one folder to make")
    files = create_task(
        folder, template=template, label=label or None, description=description or None, version=version
    )
    if as_json:
        print_json(files)
        return
    for file in files:
        print(inert_line(file))
