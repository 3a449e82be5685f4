"""`ratchet mcp bundle`: tasks and their server in one file that clients install."""

from __future__ import annotations

import os

import typer

from ratchet.cli.completion import complete_folder
from ratchet.cli.configured import load_for
from ratchet.cli.output import check_output, write_bytes
from ratchet.cli.report import inert_line
from ratchet.task.naming import slug_of
from ratchet.task.version import parse_version


def bundle(
    context: typer.Context,
    folder: str = typer.Argument(..., metavar="DIR", help="Folder of tasks to put in", autocompletion=complete_folder),
    output: str | None = typer.Option(None, "--output", metavar="FILE", help="File to write", show_default="NAME.mcpb"),
    name: str | None = typer.Option(
        None, "--name", metavar="NAME", help="What clients call it", show_default="the folder's"
    ),
    version: str = typer.Option("1.0.0", "--version", metavar="X.Y.Z", help="Semantic version of the bundle"),
    description: str | None = typer.Option(
        None, "--description", metavar="TEXT", help="What it is for", show_default="the names of the tasks"
    ),
    author: str = typer.Option("unknown", "--author", metavar="NAME", help="Who made it"),
) -> None:
    """Write tasks and what starts the server on them into an MCP bundle.

    A client such as Claude Desktop installs the file by opening it; `uv`, which such clients bring, then installs
    Ratchet itself. The server offers no tools that write tasks.
    """
    load_for(context.obj, {})
    if parse_version(version) is None:
        raise typer.BadParameter("`--version` takes a semantic version such as 1.0.0")
    from ratchet.mcp_server.clients.bundle import About, pack_bundle, tasks_for_bundle

    slug = slug_of(name or os.path.basename(os.path.abspath(folder)))
    path = output or f"{slug}.mcpb"
    tasks = tasks_for_bundle(folder)
    check_output(path)
    write_bytes(pack_bundle(folder, tasks, About(slug, version, description, author)), path)
    print(inert_line(path))
