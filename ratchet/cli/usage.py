"""Words for a command line that cannot be understood."""

from __future__ import annotations

from typing import Any

from ratchet.cli.application import COMMANDS
from ratchet.task.text import nearest, printable


def render_usage_error(error: Any) -> str:
    """Return an error of Typer's parser in the house style.

    Args:
        error: A usage error with `format_message`, and `ctx` where it knows the command.
    """
    message = error.format_message().rstrip(".").replace("'", "`")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "ratchet"
    hint = f"`{path} --help` lists what it takes"
    if message.startswith("No such command"):
        name = message.split("`")[1]
        match = nearest(name, list(COMMANDS))
        message = f"No such command `{printable(name)}`"
        hint = f"Did you mean `ratchet {match}`?" if match else hint
    elif message.startswith("No such option"):
        option = getattr(error, "option_name", "")
        message = f"No such option `{printable(option)}`"
        possible = getattr(error, "possibilities", None)
        hint = f"Did you mean `{possible[0]}`?" if possible else hint
    return f"Error: {message}\nHint: {hint}"
