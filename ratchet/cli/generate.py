"""`ratchet generate`: new tasks from templates."""

from __future__ import annotations

import json

import typer

from ratchet.cli.application import make_app
from ratchet.cli.report import inert
from ratchet.task.scaffold import TEMPLATES, create_task

app = make_app()


@app.callback()
def generate() -> None:
    """Write new tasks from templates."""


@app.command()
def task(
    path: str = typer.Argument("", help="Folder to make", show_default=False),
    path_option: str = typer.Option("", "--path", metavar="PATH", help="Another way to name it", show_default=False),
    template: str = typer.Option("basic", "--template", help=f"What to start from: {', '.join(TEMPLATES)}"),
    label: str = typer.Option("", "--label", help="Name for people", show_default="from the folder"),
    description: str = typer.Option("", "--description", help="What the task does", show_default=False),
    version: str = typer.Option("0.1.0", "--version", help="Semantic version"),
    as_json: bool = typer.Option(False, "--json", help="Print the paths as JSON"),
) -> None:
    """Write a new task: metadata, source, schemas and a case."""
    folder = path or path_option
    if not folder or (path and path_option):
        raise typer.BadParameter("Name one folder to make")
    files = create_task(
        folder, template=template, label=label or None, description=description or None, version=version
    )
    if as_json:
        print(json.dumps(files, indent=2, ensure_ascii=False))
        return
    for file in files:
        print(inert(file))
