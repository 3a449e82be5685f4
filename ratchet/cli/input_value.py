"""The input of a task from the command line: JSON, a file, stdin, or single keys."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import typer

from ratchet.errors import InvalidInput
from ratchet.task.nearby import nearest_path
from ratchet.task.parse import parse_json
from ratchet.task.text import printable
from ratchet.values import Json

INPUT = typer.Option(None, "--input", metavar="JSON", help="Input as JSON, @FILE, or - for stdin", show_default=False)
SET = typer.Option([], "--set", metavar="KEY=VALUE", help="One key of the input; repeatable")
_MOST_BYTES = 32 * 1024 * 1024


def read_input(text: str | None, settings: Sequence[str]) -> Json:
    """Return the value of `--input` with the keys of `--set` put in; `{}` when neither was given.

    Raises:
        InvalidInput: The text is not JSON, or the file cannot be read.
    """
    value = {} if text is None else _parse(text)
    if settings and not isinstance(value, dict):
        raise InvalidInput("`--set` needs an input that is an object", hint="Leave `--input` out, or make it `{…}`")
    for setting in settings:
        key, equals, raw = setting.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"`--set {printable(setting)}` is not KEY=VALUE")
        value[key] = _parse_setting(raw)
    return value


def _parse(text: str) -> Json:
    if text == "-":
        return parse_json(_decode(sys.stdin.buffer.read(_MOST_BYTES + 1), "stdin"), file="stdin")
    if text.startswith("@"):
        return parse_json(_decode(_read(text[1:]), text[1:]), file=text[1:])
    return parse_json(text, file="--input")


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        match = None if os.path.lexists(path) else nearest_path(path)
        hint = f"Did you mean `@{match}`?" if match else "Name a JSON file that is there and can be read"
        raise InvalidInput(f"The input file `{printable(path)}` cannot be read: {reason}", hint=hint) from None


def _decode(data: bytes, name: str) -> str:
    if len(data) > _MOST_BYTES:
        raise InvalidInput(f"The input from `{name}` is larger than {_MOST_BYTES >> 20} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The input from `{name}` is not UTF-8: byte {error.start}"
        raise InvalidInput(message, hint="Save it as UTF-8") from None


def _parse_setting(raw: str) -> Json:
    """Return a value as JSON where it is JSON, else as the text it is."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw
