"""Words for a command line that cannot be understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer

from ratchet.cli.application import COMMANDS
from ratchet.cli.report import inert_line
from ratchet.cli.shared_options import SHARED_OPTIONS
from ratchet.cli.terminal import Paint, plain
from ratchet.task.text import nearest, printable

_WORDINGS = (
    (re.compile(r"^Invalid value: "), ""),
    (re.compile(r"^Got unexpected extra argument(?:s|\(s\))? \((.*)\)$", re.DOTALL), r"Unexpected argument `\1`"),
    (re.compile(r"is not a valid (?:float|integer)(?: range)?$"), "is not a number"),
)
"""What Typer says, and how Ratchet says it."""


class UnknownWord(typer.BadParameter):
    """An option was given a word that is none of the few it takes."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.hint = hint


def refuse_unknown(option: str, word: str, known: Sequence[str]) -> None:
    """Refuse a word that is none of those that an option takes.

    Raises:
        UnknownWord: With the nearest that it takes.
    """
    if word not in known:
        from ratchet.cli.report import inert_line
        from ratchet.task.text import nearest

        match = nearest(word, known)
        hint = f"Did you mean `{option} {match}`?" if match else None
        raise UnknownWord(f"`{option} {inert_line(word)}` is none of {', '.join(known)}", hint)


def render_usage_error(error: Any, arguments: Sequence[str], paint: Paint = plain) -> str:
    """Return an error of Typer's parser in the house style.

    Args:
        error: A usage error with `format_message`, and `ctx` where it knows the command.
        arguments: The command line, which tells the command where the error does not.
    """
    message = error.format_message().rstrip(".").replace("'", "`")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else " ".join(["ratchet", *_command_of(arguments)])
    hint = getattr(error, "hint", None) or f"`{path} --help` lists what it takes"
    if context is not None and message.startswith("No such command"):
        name = error.format_message().split("'")[1]
        match = nearest(name, context.command.list_commands(context))
        message = f"No such command `{printable(name)}`"
        hint = f"Did you mean `{path} {match}`?" if match else hint
    elif message.startswith("No such option"):
        option = getattr(error, "option_name", "")
        message = f"No such option `{printable(option)}`"
        match = nearest(option, [*_options_of(context), *SHARED_OPTIONS])
        hint = f"Did you mean `{match}`?" if match else hint
    for pattern, wording in _WORDINGS:
        message = pattern.sub(wording, message)
    return f"{paint('error', 'Error:')} {inert_line(message)}\n{paint('hint', 'Hint:')} {inert_line(hint)}"


def _options_of(context: Any) -> list[str]:
    """Return the options of the command that was given one it does not have."""
    if context is None:
        return []
    return [name for parameter in context.command.get_params(context) for name in parameter.opts if name[:1] == "-"]


def _command_of(arguments: Sequence[str]) -> Sequence[str]:
    return arguments[:1] if arguments and arguments[0] in COMMANDS else []
