"""The entry by which a client starts the server, and what would keep it from that."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence

from ratchet.values import Json, JsonObject, Place, Problem

_COMMANDS = ("mcp", "mcp-serve")
_FOLDERS, _FILE = "--tasks", "--config"


def server_command(tasks: Sequence[str], config: str | None, transport: str = "stdio") -> list[str]:
    """Return what starts the server from any folder: this program, and all paths whole.

    Args:
        tasks: Folders of tasks.
        config: The configuration file that the server reads; None to have it look for one.
        transport: The configured one; the client talks to what it has started, whatever is right for others.
    """
    command = [*_program(), "mcp", *([] if transport == "stdio" else ["--transport", "stdio"])]
    for folder in tasks:
        command += [_FOLDERS, os.path.abspath(os.path.expanduser(folder))]
    return command + ([_FILE, os.path.abspath(config)] if config else [])


def _program() -> list[str]:
    """Return the launcher that was installed with this interpreter, else the interpreter itself.

    The interpreter would look for modules in the client's folder first, unless `-P` forbids it.
    """
    launcher = shutil.which("ratchet", path=os.path.dirname(sys.executable))
    return [launcher] if launcher else [sys.executable, "-P", "-m", "ratchet"]


def entry_of(command: Sequence[str]) -> JsonObject:
    """Return a command as clients write it."""
    return {"command": command[0], "args": list(command[1:])}


def is_ours(entry: Json) -> bool:
    """Tell whether an entry starts Ratchet."""
    words = words_of(entry)
    program = os.path.basename(words[0].replace("\\", "/")) if words else ""
    named = program.startswith("ratchet") or "ratchet" in words[1:]
    return named and any(word in _COMMANDS for word in words[1:])


def words_of(entry: Json) -> list[str]:
    """Return the command and the arguments of an entry; nothing where they are no texts."""
    if not isinstance(entry, dict):
        return []
    arguments = entry.get("args", [])
    words = [entry.get("command"), *(arguments if isinstance(arguments, list) else [])]
    return [word for word in words if isinstance(word, str)] if all(isinstance(word, str) for word in words) else []


def check_entry(entry: JsonObject, pointer: str, place: Place, path: str | None = None) -> Iterator[Problem]:
    """Yield what would keep a client from starting an entry that is Ratchet's.

    Args:
        path: Where programs are looked for; None for the `PATH` of this process.
    """
    command, *arguments = words_of(entry)
    if shutil.which(command, path=path) is None:
        hint = "Write its whole path: `ratchet mcp install` writes that of this one"
        yield Problem(f"The program `{command}` cannot be run", place, f"{pointer}/command", hint)
    for index, word in enumerate(arguments[:-1]):
        after = arguments[index + 1]
        where = f"{pointer}/args/{index + 1}"
        if word == _FILE and not os.path.isfile(after):
            yield Problem(f"The configuration file `{after}` is not there", place, where, "Name it by its whole path")
        if word == _FOLDERS and not os.path.isdir(after):
            yield Problem(f"The folder `{after}` is not there", place, where, "Name it by its whole path")
