"""What a command prints or writes as its result."""

from __future__ import annotations

import errno
import json
import os
import sys
from contextlib import suppress

from ratchet.errors import Refused
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject


def print_json(value: Json) -> None:
    """Print a report as JSON."""
    print_text(to_json(value))


def print_id(document: JsonObject, *, as_json: bool) -> None:
    """Print what was made or changed: its id, or as JSON all of it."""
    if as_json:
        print_json(document)
    else:
        print_text(document["id"])


def to_json(value: Json) -> str:
    """Return a value as JSON for people: indented, in the characters of its own language that no terminal acts on."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    if text.isascii() and "\x7f" not in text:
        return text
    from ratchet.cli.report import inert_json

    return inert_json(text)


def print_text(text: str) -> None:
    """Print a text and a line feed as UTF-8, whatever the encoding of the terminal."""
    sys.stdout.flush()
    # Under `python -u` there is no buffer, and a pipe takes what it has room for.
    data = memoryview(_encode(text))
    while data:
        data = data[sys.stdout.buffer.write(data) :]


def check_output(path: str) -> None:
    """Refuse, before a task runs in vain, a file that cannot be written.

    Raises:
        Refused: It is a folder, or in no folder.
    """
    real = os.path.realpath(path)
    if os.path.isdir(real):
        raise _unwritable(path, os.strerror(errno.EISDIR))
    if not os.path.isdir(os.path.dirname(real)):
        raise _unwritable(path, os.strerror(errno.ENOENT))


def write_output(text: str, path: str) -> None:
    """Write a text and a line feed to a file; see `write_bytes`."""
    write_bytes(_encode(text), path)


def write_bytes(data: bytes, path: str) -> None:
    """Write a file, which is there whole or not at all.

    Raises:
        Refused: It cannot be written.
    """
    real = os.path.realpath(path)
    try:
        if os.path.exists(real) and not os.path.isfile(real):
            # A device or a pipe must not be replaced by a file.
            with open(real, "wb") as file:
                file.write(data)
        else:
            _replace(real, data)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from None


def _unwritable(path: str, reason: str) -> Refused:
    hint = "Name a file in a folder that is there and can be written"
    return Refused(f"`{printable(path)}` cannot be written: {reason}", hint=hint)


def _replace(path: str, data: bytes) -> None:
    waiting = f"{path}.{os.getpid()}.tmp"
    try:
        with open(waiting, "wb") as file:
            file.write(data)
        os.replace(waiting, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(waiting)
        raise


def _encode(text: str) -> bytes:
    """Return UTF-8; a lone surrogate, which UTF-8 does not have, becomes the escape that JSON has for it."""
    return text.encode("utf-8", "backslashreplace") + b"\n"
