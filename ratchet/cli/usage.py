"""Words for a command line that cannot be understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ratchet.cli.application import COMMANDS
from ratchet.cli.report import inert_line
from ratchet.task.text import nearest, printable

_WORDINGS = (
    (re.compile(r"^Invalid value: "), ""),
    (re.compile(r"^Got unexpected extra argument(?:s|\(s\))? \((.*)\)$", re.DOTALL), r"Unexpected argument `\1`"),
    (re.compile(r"is not a valid (?:float|integer)(?: range)?$"), "is not a number"),
)
"""What Typer says, and how Ratchet says it."""


def render_usage_error(error: Any, arguments: Sequence[str]) -> str:
    """Return an error of Typer's parser in the house style.

    Args:
        error: A usage error with `format_message`, and `ctx` where it knows the command.
        arguments: The command line, which tells the command where the error does not.
    """
    message = error.format_message().rstrip(".").replace("'", "`")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else " ".join(["ratchet", *_command_of(arguments)])
    hint = f"`{path} --help` lists what it takes"
    if context is not None and message.startswith("No such command"):
        name = error.format_message().split("'")[1]
        match = nearest(name, context.command.list_commands(context))
        message = f"No such command `{printable(name)}`"
        hint = f"Did you mean `{path} {match}`?" if match else hint
    elif message.startswith("No such option"):
        option = getattr(error, "option_name", "")
        message = f"No such option `{printable(option)}`"
        possible = getattr(error, "possibilities", None)
        hint = f"Did you mean `{possible[0]}`?" if possible else hint
    for pattern, wording in _WORDINGS:
        message = pattern.sub(wording, message)
    return f"Error: {inert_line(message)}\nHint: {hint}"


def _command_of(arguments: Sequence[str]) -> Sequence[str]:
    return arguments[:1] if arguments and arguments[0] in COMMANDS else []
