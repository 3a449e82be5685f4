"""`ratchet mcp`: serve tasks to language models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_folder, complete_words
from ratchet.cli.configured import load_for, open_pool, open_runtime
from ratchet.cli.extras import need_extra
from ratchet.cli.keeping import open_keeper
from ratchet.cli.mcp_bundle import bundle
from ratchet.cli.mcp_door import TRANSPORTS, choose_transport, open_http_door, open_stdio_door
from ratchet.cli.mcp_inspect import inspect
from ratchet.cli.mcp_install import install, uninstall
from ratchet.cli.sources import open_catalogue
from ratchet.cli.task_folders import check_folders

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
) -> None:
    """Serve tasks to language models over the Model Context Protocol.

    It talks to the program that starts it, over stdin and stdout, until that closes them; with --transport http
    to any number of programs that show its token. Tasks are written to the first of the folders.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    configuration = load_for(context.obj, {})
    of_http = {"--host": host is not None, "--port": port is not None, "--no-auth": no_auth}
    transport = choose_transport(configuration, transport, of_http=of_http)
    own_folder: str | None = configuration.values["mcp.tasks"]
    folders = tasks or ([own_folder] if own_folder else [])
    check_folders(folders)
    need_extra("mcp", "mcp", "`ratchet mcp`")
    from ratchet.mcp_server.protocol import create_server
    from ratchet.mcp_server.tools import READING, TOOLS

    serve = open_http_door(configuration, host, port, no_auth=no_auth) if transport == "http" else open_stdio_door()
    with open_runtime(configuration, open_pool(configuration)) as runtime:
        workshop = _open_workshop(
            configuration, runtime, folders, read_only=read_only or configuration.values["mcp.read_only"]
        )
        tools = READING if workshop.folder is None else TOOLS
        try:
            serve(create_server(workshop, tools))
        finally:
            workshop.executions.close()


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


def _open_workshop(
    configuration: Configuration, runtime: Runtime, folders: Sequence[str], *, read_only: bool
) -> Workshop:
    from ratchet.execution.executions import Executions
    from ratchet.mcp_server.workshop import Workshop, folder_sources

    own = folder_sources(folders, [source.name for source in configuration.sources()])
    catalogue = open_catalogue(configuration, beside=own)
    return Workshop(
        runtime,
        catalogue,
        Executions(runtime, open_keeper(configuration)),
        own[0].uri if own and not read_only else None,
        configuration.values["mcp.inline_bytes"],
    )
