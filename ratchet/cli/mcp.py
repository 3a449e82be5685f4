"""`ratchet mcp`: serve tasks to language models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_folder, complete_words
from ratchet.cli.configured import load_for, open_pool, open_runtime
from ratchet.cli.keeping import open_keeper
from ratchet.cli.mcp_bundle import bundle
from ratchet.cli.mcp_desk import late_desk
from ratchet.cli.mcp_door import TRANSPORTS, choose_transport, open_door
from ratchet.cli.mcp_inspect import inspect
from ratchet.cli.mcp_install import install, uninstall
from ratchet.cli.mcp_workshop import make_workshop
from ratchet.cli.resident import settle
from ratchet.cli.sources import open_catalogue
from ratchet.cli.task_folders import check_folders
from ratchet.cli.usage import refuse_unknown
from ratchet.config.settings import SETTINGS

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.execution.runtime import Runtime
    from ratchet.mcp_server.workshop import Workshop

app = make_app()


@app.callback(invoke_without_command=True)
def mcp(
    context: typer.Context,
    tasks: list[str] = typer.Option(
        [],
        "--tasks",
        metavar="DIR",
        help="Folder of tasks to offer beside the sources; repeatable",
        autocompletion=complete_folder,
    ),
    read_only: bool = typer.Option(False, "--read-only", help="Offer no tools that write tasks"),
    transport: str = typer.Option(
        "",
        "--transport",
        metavar="NAME",
        help=f"How clients reach it: {', '.join(TRANSPORTS)}",
        show_default="stdio",
        autocompletion=complete_words(lambda: TRANSPORTS),
    ),
    host: str | None = typer.Option(
        None, "--host", metavar="ADDRESS", help="Address to listen on", show_default="127.0.0.1"
    ),
    port: int | None = typer.Option(
        None, "--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 is any free one", show_default="8090"
    ),
    no_auth: bool = typer.Option(False, "--no-auth", help="Ask for no token; on this machine's own addresses only"),
    expose: str | None = typer.Option(
        None,
        "--expose",
        metavar="WHAT",
        help="Tasks as tools of their own: tasks (each), core (none), auto (each, up to 30)",
        show_default="auto",
        autocompletion=complete_words(lambda: SETTINGS["mcp.expose"].words),
    ),
    include: list[str] = typer.Option(
        [], "--include", metavar="PATTERN", help="Make tools of tasks with such a name only; repeatable"
    ),
    exclude: list[str] = typer.Option(
        [], "--exclude", metavar="PATTERN", help="Make no tools of tasks with such a name; repeatable"
    ),
    tag: list[str] = typer.Option(
        [], "--tag", metavar="TAG", help="Make tools of tasks with such a tag only; repeatable"
    ),
) -> None:
    """Serve tasks to language models over the Model Context Protocol.

    It talks to the program that starts it, over stdin and stdout, until that closes them; with --transport http
    to any number of programs that show its token. Tasks are written to the first of the folders.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    refuse_unknown("--expose", expose or "auto", SETTINGS["mcp.expose"].words)
    chosen = {"--include": include or None, "--exclude": exclude or None, "--tag": tag or None}
    configuration = load_for(context.obj, {"--expose": expose, **chosen})
    _refuse_choice_of_none(configuration, chosen)
    of_http = {"--host": host is not None, "--port": port is not None, "--no-auth": no_auth}
    transport = choose_transport(configuration, transport, of_http=of_http)
    own_folder: str | None = configuration.values["mcp.tasks"]
    folders = tasks or ([own_folder] if own_folder else [])
    check_folders(folders)
    serve = open_door(configuration, transport, host, port, no_auth=no_auth)
    from ratchet.mcp_server.changes import Changes
    from ratchet.mcp_server.protocol import create_server
    from ratchet.mcp_server.publisher import Publisher
    from ratchet.mcp_server.tools import tools_of

    read_only = read_only or configuration.values["mcp.read_only"]
    with (
        open_runtime(configuration, open_pool(configuration)) as runtime,
        _open_workshop(configuration, runtime, folders, read_only=read_only) as workshop,
    ):
        changes = Changes()
        with Publisher(workshop.shelf, changes.tell):
            server = create_server(workshop, tools_of(workshop), changes)
            settle()
            serve(server)


app.command()(install)
app.command()(uninstall)
app.command()(bundle)
app.command()(inspect)


def _refuse_options(context: typer.Context) -> None:
    """Refuse options of the server in front of another command: they would do nothing."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(f"Options stand behind `{context.invoked_subcommand}`")


@contextmanager
def _open_workshop(
    configuration: Configuration, runtime: Runtime, folders: Sequence[str], *, read_only: bool
) -> Iterator[Workshop]:
    """Lend what the tools work with; at the end, what is under way is cancelled."""
    from ratchet.execution.executions import Executions
    from ratchet.registry.own_folders import folder_sources

    own = folder_sources(folders, [source.name for source in configuration.sources()])
    catalogue = open_catalogue(configuration, beside=own)
    written = own[0] if own and not read_only else None
    # Closing the executions closes their keeper.
    with ExitStack() as opened:
        executions = opened.enter_context(closing(Executions(runtime, open_keeper(configuration))))
        desk = late_desk(configuration, runtime, catalogue)
        if desk is not None:
            opened.callback(desk.close)
        yield make_workshop(configuration, runtime, catalogue, executions, written, desk)


def _refuse_choice_of_none(configuration: Configuration, chosen: Mapping[str, Sequence[str] | None]) -> None:
    """Refuse a choice among the tasks where none of them becomes a tool: it would do nothing."""
    for option, values in chosen.items():
        if values and configuration.values["mcp.expose"] == "core":
            raise typer.BadParameter(f"`{option}` chooses tasks to be tools, and with `--expose core` none is")
