"""`ratchet mcp inspect`: the command that looks at the server with the MCP Inspector."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence

import typer

from ratchet.cli.completion import complete_folder
from ratchet.cli.configured import load_for
from ratchet.cli.task_folders import check_folders
from ratchet.mcp_server.clients.entry import server_command

INSPECTOR = "@modelcontextprotocol/inspector@2.12.0"
"""The version that the server is tested with."""


def inspect(
    context: typer.Context,
    tasks: list[str] = typer.Option(
        [], "--tasks", metavar="DIR", help="Folder of tasks to offer; repeatable", autocompletion=complete_folder
    ),
    headless: bool = typer.Option(False, "--cli", help="List the tools and check their schemas, without a browser"),
) -> None:
    """Print the command that opens this server in the MCP Inspector; it needs Node 22.

    With --config FILE the server reads that file.
    """
    transport = load_for(context.obj, {}).values["mcp.transport"]
    check_folders(tasks)
    mode = ["--cli", "--method", "tools/list", "--strict"] if headless else ["--web"]
    print(_quoted(["npx", "-y", INSPECTOR, *mode, "--", *server_command(tasks, context.obj.config, transport)]))


def _quoted(command: Sequence[str]) -> str:
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)
