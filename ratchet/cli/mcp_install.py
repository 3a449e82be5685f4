"""`ratchet mcp install` and `ratchet mcp uninstall`: the server's entry in the file of a client."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Sequence

import typer

from ratchet.cli.completion import complete_folder, complete_words
from ratchet.cli.configured import load_for
from ratchet.cli.extras import need_extra
from ratchet.cli.output import print_text
from ratchet.cli.report import inert, inert_line
from ratchet.cli.talk import print_hint
from ratchet.cli.task_folders import check_folders
from ratchet.cli.usage import refuse_unknown
from ratchet.mcp_server.clients.client import CLIENTS, Client
from ratchet.mcp_server.clients.entry import entry_of, server_command
from ratchet.mcp_server.clients.installed import Change, apply_change, plan_install, plan_uninstall

_CLIENT = typer.Option(
    ...,
    "--client",
    metavar="NAME",
    help=", ".join(CLIENTS),
    autocompletion=complete_words(lambda: tuple(CLIENTS)),
)
_NAME = typer.Option("ratchet", "--name", metavar="NAME", help="What the client calls the server")
_DRY_RUN = typer.Option(False, "--dry-run", help="Print what would change, and change nothing")


def install(
    context: typer.Context,
    client: str = _CLIENT,
    tasks: list[str] = typer.Option(
        [], "--tasks", metavar="DIR", help="Folder of tasks to offer; repeatable", autocompletion=complete_folder
    ),
    name: str = _NAME,
    dry_run: bool = _DRY_RUN,
) -> None:
    """Write the entry by which a client starts this server.

    All paths in it are whole, since clients start it from anywhere. With --config FILE the server reads that
    file. What else stands in the client's file stays as it is; the version before is kept beside it.
    """
    chosen = _client(client)
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,48}", name):
        raise typer.BadParameter("`--name` takes letters, digits, `-` and `_`, as clients do")
    config = context.obj.config
    transport = load_for(context.obj, {}).values["mcp.transport"]
    check_folders(tasks)
    need_extra("mcp", "mcp", "`ratchet mcp`")
    if not tasks and config is None:
        print_hint("`--tasks DIR` names tasks to offer; without it the server has those of your own configuration")
    entry = {**chosen.fields, **entry_of(server_command(tasks, config, transport))}
    path = chosen.place(sys.platform, os.environ)
    if _carry_out(plan_install(chosen, path, name, entry), dry_run=dry_run):
        print_hint(f"{chosen.reload}; `ratchet doctor` starts the server as it does")


def uninstall(context: typer.Context, client: str = _CLIENT, name: str = _NAME, dry_run: bool = _DRY_RUN) -> None:
    """Take the entry of this server out of a client's file."""
    chosen = _client(client)
    load_for(context.obj, {})
    path = chosen.place(sys.platform, os.environ)
    _carry_out(plan_uninstall(chosen, path, name), dry_run=dry_run)


def _client(name: str) -> Client:
    refuse_unknown("--client", name, tuple(CLIENTS))
    return CLIENTS[name]


def _carry_out(change: Change, *, dry_run: bool) -> bool:
    """Show a change, or make it and say where; tell whether something was written."""
    if change.before == change.after:
        print_hint(f"`{inert_line(change.path)}` says so already")
        return False
    if dry_run:
        print_text(inert("\n".join(_difference(change))))
        return False
    kept = apply_change(change)
    print(inert_line(change.path))
    if kept:
        print_hint(f"The version before is `{inert_line(kept)}`")
    return True


def _difference(change: Change) -> Sequence[str]:
    before, after = (change.before or "").splitlines(), change.after.splitlines()
    old = os.devnull if change.before is None else change.path
    return list(difflib.unified_diff(before, after, old, change.path, lineterm=""))
