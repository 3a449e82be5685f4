"""Secrets in the configuration: a reference that says where one is, or the secret itself, which is never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from ratchet.config.declaration import MASK
from ratchet.config.references import escape
from ratchet.errors import InvalidConfig
from ratchet.task.text import printable

SHORTEST_TOKEN = 16
"""A token of the MCP server that is shorter could be guessed."""

_ENVIRONMENT, _FILE = "env:", "file:"
_VARIABLE = re.compile(r"\$\{\w+\}")
_MOST_BYTES = 64 * 1024


def is_reference(value: str) -> bool:
    """Tell whether a value says where a secret is, and is none itself."""
    return value.startswith((_ENVIRONMENT, _FILE))


def resolve(value: str, written: str, folder: str | None) -> tuple[str, str]:
    """Return a secret with the path of its file made absolute, and as it is to be shown.

    Args:
        written: The value with its variables as they stand in the file.
        folder: What a relative path starts from; None where it stays relative.
    """
    if not is_reference(value):
        # A variable with a default, or with text around it, may hold a part of the secret.
        return value, written if _VARIABLE.fullmatch(written) else MASK
    if value.startswith(_FILE):
        path = os.path.expanduser(value.removeprefix(_FILE))
        value = _FILE + (path if folder is None else os.path.normpath(os.path.join(folder, path)))
    return value, written if written != value and "${" in written else escape(value)


def read_secret(value: str, environment: Mapping[str, str]) -> str:
    """Return the secret that a value is or refers to; the line feed at the end of a file is no part of it.

    Raises:
        InvalidConfig: The variable is not set, the file cannot be read, or the secret is not one line of ASCII text.
    """
    return check_line(*_look_up(value, environment))


def read_url(value: str, environment: Mapping[str, str]) -> str:
    """Return the URL that a value is or refers to; a file that it names may be called in any script.

    Raises:
        InvalidConfig: The variable is not set, the file cannot be read, or the URL is not one line of text.
    """
    url, holder = _look_up(value, environment)
    if not url or not url.isprintable():
        raise InvalidConfig(f"{holder} does not hold one line of text")
    return url


def _look_up(value: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the text that a value is or refers to, and what to call its place."""
    if value.startswith(_ENVIRONMENT):
        name = value.removeprefix(_ENVIRONMENT)
        if not environment.get(name):
            raise InvalidConfig(f"The variable `{printable(name)}` is not set", hint="Set it, or name another one")
        return environment[name], f"The variable `{printable(name)}`"
    if value.startswith(_FILE):
        path = value.removeprefix(_FILE)
        return _read(path), f"The file `{printable(path)}`"
    return value, "The secret"


def check_line(secret: str, holder: str) -> str:
    """Return a secret that is one line of ASCII text.

    Raises:
        InvalidConfig: It is not: a line feed in it would begin another header of a request.
    """
    if not secret or not secret.isascii() or not secret.isprintable():
        raise InvalidConfig(f"{holder} does not hold one line of ASCII text")
    return secret


def _read(path: str) -> str:
    shown = printable(path)
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise InvalidConfig(f"The file `{shown}` cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidConfig(f"The file `{shown}` is not UTF-8") from None
