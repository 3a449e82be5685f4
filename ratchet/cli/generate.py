"""`ratchet generate`: new tasks from templates, and the entry that a client of the MCP server needs."""

from __future__ import annotations

import json
import os

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_words
from ratchet.cli.configured import load_for
from ratchet.cli.mcp_door import TRANSPORTS, choose_transport
from ratchet.cli.mcp_entry import TOKEN_VARIABLE, http_entry, stdio_entry, token_place
from ratchet.cli.output import print_json, print_text, to_json
from ratchet.cli.report import inert_line
from ratchet.cli.talk import print_hint
from ratchet.cli.usage import refuse_unknown
from ratchet.task.scaffold import TEMPLATES, create_task

_FORMATS = ("json", "claude-config")

app = make_app()


@app.callback()
def generate() -> None:
    """Write new tasks, and entries for MCP clients."""


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


@app.command("mcpservers-json")
def mcpservers_json(
    context: typer.Context,
    name: str = typer.Option("ratchet", "--name", metavar="NAME", help="What the client calls the server"),
    command: str = typer.Option(
        "", "--command", metavar="PATH", help="Program that the client starts", show_default="ratchet"
    ),
    arguments: list[str] = typer.Option([], "--args", metavar="ARG", help="One more argument for it; repeatable"),
    transport: str = typer.Option(
        "stdio",
        "--transport",
        metavar="NAME",
        help=f"How they talk: {', '.join(TRANSPORTS)}",
        autocompletion=complete_words(lambda: TRANSPORTS),
    ),
    host: str | None = typer.Option(
        None, "--host", metavar="ADDRESS", help="Where the server listens, for http", show_default="127.0.0.1"
    ),
    port: int | None = typer.Option(
        None, "--port", metavar="N", min=1, max=65535, help="The port it listens on, for http", show_default="8090"
    ),
    variables: list[str] = typer.Option(
        [], "--env", metavar="NAME=VALUE", help="Variable of its environment; repeatable"
    ),
    form: str = typer.Option(
        "json",
        "--format",
        metavar="FORMAT",
        help="json for the entry alone, claude-config for the whole file",
        autocompletion=complete_words(lambda: _FORMATS),
    ),
    pretty: bool = typer.Option(False, "--pretty", help="Print it indented, on several lines"),
) -> None:
    """Print the entry by which an MCP client starts `ratchet mcp`, or finds one that serves over HTTP.

    With --config FILE the server reads that file, whichever folder the client starts it in.
    """
    refuse_unknown("--format", form, _FORMATS)
    configuration = load_for(context.obj, {})
    of_http = {"--host": host is not None, "--port": port is not None}
    of_stdio = {"--command": bool(command), "--args": bool(arguments), "--env": bool(variables)}
    transport = choose_transport(configuration, transport, of_http=of_http, of_stdio=of_stdio)
    if transport == "http":
        entry = http_entry(configuration, host, port)
    else:
        entry = stdio_entry(configuration, context.obj.config, command or "ratchet", arguments, variables)
    document = {"mcpServers": {name: entry}} if form == "claude-config" else {name: entry}
    print_text(to_json(document) if pretty else json.dumps(document))
    if form == "json":
        print_hint("It stands under `mcpServers` in the client's configuration")
    if transport == "http":
        print_hint(f"The client fills in `{TOKEN_VARIABLE}` from its environment; {token_place(configuration)}")
    elif not os.path.isabs(entry["command"]):
        print_hint("A client may not know your path: `--command` takes the whole path of the program")
