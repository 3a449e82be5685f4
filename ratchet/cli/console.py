"""`ratchet console`: type commands at a prompt, or run a script of them."""

from __future__ import annotations

import os
import sys

import typer

from ratchet.cli import run_command_line
from ratchet.cli.application import Session, make_app
from ratchet.cli.configured import load_for
from ratchet.cli.console_script import lines_of_stdin
from ratchet.cli.console_session import ConsoleSession
from ratchet.errors import MissingExtra, Refused

app = make_app()


@app.command()
def console(
    context: typer.Context,
    script: str = typer.Option("", "--script", metavar="FILE", help="Run the lines of a file", show_default=False),
) -> int:
    """Type commands at a prompt, or run a script of them."""
    session: Session = context.obj
    if session.in_console:
        raise Refused("The console is open already", hint="`source FILE` runs a script in it")
    load_for(session, {})
    # A shell sets `_` too, to something else.
    environment = {name: value for name, value in os.environ.items() if name != "_"}
    lines = ConsoleSession(run_command_line, session, environment)
    if script:
        return lines.source(script)
    if not sys.stdin.isatty():
        return lines.run_lines(lines_of_stdin(), "stdin")
    return _prompt(lines)


def _prompt(session: ConsoleSession) -> int:
    try:
        from ratchet.cli.console_prompt import run_prompt
    except ModuleNotFoundError as error:
        hint = "`pip install 'ratchet-js[console]'` adds it; `--script FILE` and a pipe do without"
        raise MissingExtra(f"The prompt needs the package `{error.name}`", hint=hint) from None
    return run_prompt(session)
