"""`ratchet execution`: executions that are kept."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from typing import get_args

import typer

from ratchet.cli.application import make_app
from ratchet.cli.completion import complete_words
from ratchet.cli.configured import load_for
from ratchet.cli.connect_option import CONNECT
from ratchet.cli.execution_report import print_console, print_execution, print_executions, print_lines
from ratchet.cli.execution_start import run_again_here, run_there
from ratchet.cli.executions_at import Elsewhere, open_executions, open_server
from ratchet.cli.input_value import INPUT, SET, read_input
from ratchet.cli.keeping import open_kept
from ratchet.cli.one_run import print_end, run_to_end
from ratchet.cli.output import print_json
from ratchet.cli.paths import data_folder
from ratchet.cli.talk import print_hint
from ratchet.cli.usage import refuse_unknown
from ratchet.errors import InvalidInput
from ratchet.execution.document import Execution, Status
from ratchet.execution.keeper import Wanted
from ratchet.task.moment import parse_moment
from ratchet.task.text import printable

app = make_app()
_STATUSES = get_args(Status)
_AGO = re.compile(r"(\d{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_MOST = 1000
_ID = typer.Argument(metavar="ID", help="Id of the execution, or its beginning")
_SERVER = typer.Option(..., "--connect", metavar="URL", help="The server, asked with the key in `server.api_key`")
_JSON = typer.Option(False, "--json", help="Print the whole execution")


@app.callback()
def execution() -> None:
    """Look at executions, run them again, and remove old ones."""


@app.command()
def create(
    context: typer.Context,
    task: str = typer.Argument(metavar="TASK", help="Name of a task, with a source or a version where those matter"),
    input_text: str | None = INPUT,
    settings: list[str] = SET,
    record: bool = typer.Option(False, "--record", help="Keep what is needed to replay it"),
    connect: str = _SERVER,
    as_json: bool = _JSON,
) -> int:
    """Run a task on a server at once, and print its output as JSON."""
    value = read_input(input_text, settings)
    return _see_to_its_end(context, connect, lambda server: server.start(task, value, record=record), as_json=as_json)


@app.command("list")
def list_(
    context: typer.Context,
    task: str = typer.Option("", "--task", metavar="NAME", help="Only those of a task", show_default=False),
    status: str = typer.Option(
        "",
        "--status",
        metavar="STATUS",
        help=f"Only those that are {', '.join(_STATUSES[:-1])} or {_STATUSES[-1]}",
        show_default=False,
        autocompletion=complete_words(lambda: _STATUSES),
    ),
    since: str = typer.Option(
        "", "--since", metavar="TIME", help="Only those begun since; a time, or 90s, 5m, 2h, 7d ago", show_default=False
    ),
    until: str = typer.Option("", "--until", metavar="TIME", help="Only those begun before", show_default=False),
    after: str = typer.Option(
        "", "--after", metavar="ID", help="Go on after an execution, the last of the page before", show_default=False
    ),
    limit: int = typer.Option(50, "--limit", metavar="COUNT", min=1, max=_MOST - 1, help="How many at most"),
    connect: str = CONNECT,
    as_json: bool = typer.Option(False, "--json", help="Print the rows as JSON"),
) -> None:
    """List executions, the newest first."""
    if status:
        refuse_unknown("--status", status, _STATUSES)
    # One more tells whether there are any.
    wanted = Wanted(
        task or None, status or None, _moment(since, "--since"), _moment(until, "--until"), after or None, limit + 1
    )
    with open_executions(load_for(context.obj, {}), connect) as executions:
        found = executions.rows(wanted)
    rows = found[:limit]
    if as_json:
        print_json(rows)
    else:
        print_executions(rows)
        if len(found) > limit:
            print_hint(f"`--after {rows[-1]['id']}` shows the next ones")


@app.command()
def show(
    context: typer.Context,
    identity: str = _ID,
    connect: str = CONNECT,
    as_json: bool = typer.Option(False, "--json", help="Print the whole document"),
) -> None:
    """Show an execution: what it was given, what came of it, and what it did."""
    with open_executions(load_for(context.obj, {}), connect) as executions:
        found = executions.find(identity)
    if as_json:
        print_json(found.to_json())
    else:
        print_execution(found)


@app.command()
def logs(context: typer.Context, identity: str = _ID, connect: str = CONNECT) -> None:
    """Print what an execution has written to its console."""
    with open_executions(load_for(context.obj, {}), connect) as executions:
        found = executions.find(identity)
    print_console(found.console, found.console_dropped)


@app.command()
def watch(context: typer.Context, identity: str = _ID, connect: str = _SERVER) -> int:
    """Follow an execution of a server: print its console as it comes, and how it ends."""
    with open_server(load_for(context.obj, {}), connect) as server:
        found = server.follow(server.find(identity), lambda line: print_lines([line]))
    return print_end(found, as_json=False)


@app.command()
def retry(context: typer.Context, identity: str = _ID, connect: str = CONNECT, as_json: bool = _JSON) -> int:
    """Run the task of an execution on its input once more, as the task is now."""
    if connect:
        return _see_to_its_end(context, connect, lambda server: server.retry(identity), as_json=as_json)
    return run_to_end(lambda: run_again_here(load_for(context.obj, {}), identity), as_json=as_json)


@app.command()
def cancel(context: typer.Context, identity: str = _ID, connect: str = _SERVER) -> None:
    """End an execution of a server; one that has ended stays as it is."""
    with open_server(load_for(context.obj, {}), connect) as server:
        print(server.cancel(identity).status)


@app.command()
def prune(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON"),
) -> None:
    """Remove executions that are older, or more, than `data.keep_days` and `data.keep_count` allow."""
    configuration = load_for(context.obj, {})
    with closing(open_kept(configuration, data_folder())) as keeper:
        removed = keeper.prune(configuration.retention(time.time()))
    if as_json:
        print_json({"removed": removed})
    else:
        print(f"Removed {removed:,} {'execution' if removed == 1 else 'executions'}")


def _see_to_its_end(context: typer.Context, url: str, start: Callable[[Elsewhere], Execution], *, as_json: bool) -> int:
    return print_end(run_there(load_for(context.obj, {}), url, start), as_json=as_json)


def _moment(text: str, option: str) -> float | None:
    """Return the moment that an option names: RFC 3339, or how long ago it is."""
    if not text:
        return None
    ago = _AGO.fullmatch(text)
    if ago:
        return time.time() - int(ago[1]) * _SECONDS[ago[2]]
    try:
        return parse_moment(text).timestamp()
    except ValueError:
        hint = "Write it as in `2026-01-31T12:00:00Z`, or how long ago it is, as in `90s`, `5m`, `2h` or `7d`"
        raise InvalidInput(f"`{option}` is `{printable(text)}`, not a time", hint=hint) from None
