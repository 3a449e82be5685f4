"""Write the server's entry into the file of a client, and take it out."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from typing import NamedTuple

from ratchet.errors import Conflict, InvalidConfig, NotFound, Refused
from ratchet.mcp_server.clients.client import Client
from ratchet.mcp_server.clients.entry import is_ours
from ratchet.mcp_server.clients.json_text import UnclearTextError, read_object, remove_member, set_member
from ratchet.task.new_file import write_file
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject


class Change(NamedTuple):
    """What becomes of a file.

    Args:
        before: None for a file that is not there.
    """

    path: str
    before: str | None
    after: str


def plan_install(client: Client, path: str, name: str, entry: JsonObject) -> Change:
    """Return the change that adds an entry, or replaces one that starts Ratchet; what else it had stays in it.

    Raises:
        Conflict: The name is taken by another server.
        InvalidConfig: The file cannot be understood.
        Refused: It cannot be read.
    """
    before = _read(path)
    if before is None or not before.strip():
        return Change(path, before, json.dumps({client.key: {name: entry}}, indent=2, ensure_ascii=False) + "\n")
    former = entries_in(client, path, before).get(name)
    if former is not None and not is_ours(former):
        hint = "`--name` gives this server another name"
        raise Conflict(f"`{printable(path)}` has another server `{printable(name)}`", hint=hint)
    whole = {**(former if isinstance(former, dict) else {}), **entry}
    try:
        return Change(path, before, set_member(before, client.key, name, whole, comments=client.comments))
    except UnclearTextError as error:
        raise _unclear(client, path, error) from None


def plan_uninstall(client: Client, path: str, name: str) -> Change:
    """Return the change that takes an entry out.

    Raises:
        NotFound: There is none of the name.
        Conflict: It does not start Ratchet.
        InvalidConfig, Refused: See `plan_install`.
    """
    before = _read(path) or ""
    entries = entries_in(client, path, before) if before.strip() else {}
    if name not in entries:
        ours = [other for other, entry in entries.items() if is_ours(entry)]
        hint = f"`--name {printable(ours[0])}` names the one that starts Ratchet" if ours else None
        raise NotFound(f"`{printable(path)}` has no server `{printable(name)}`", hint=hint)
    if not is_ours(entries[name]):
        raise Conflict(f"The server `{printable(name)}` of {client.title} does not start Ratchet")
    try:
        return Change(path, before, remove_member(before, client.key, name, comments=client.comments))
    except UnclearTextError as error:
        raise _unclear(client, path, error) from None


def entries_in(client: Client, path: str, text: str) -> dict[str, Json]:
    """Return the servers that a client's file names.

    Raises:
        InvalidConfig: The file cannot be understood.
    """
    try:
        entries = read_object(text, comments=client.comments).get(client.key, {})
        if not isinstance(entries, dict):
            raise UnclearTextError(f"`{client.key}` is no object")
    except UnclearTextError as error:
        raise _unclear(client, path, error) from None
    return entries


def read_entries(client: Client, path: str) -> dict[str, Json] | None:
    """Return the servers of a client; None where it has no file. See `entries_in`."""
    text = _read(path)
    return None if text is None else entries_in(client, path, text) if text.strip() else {}


def apply_change(change: Change) -> str | None:
    """Write a file in one step and return where the one before is kept, None where there was none.

    Raises:
        Refused: It cannot be written.
    """
    try:
        os.makedirs(os.path.dirname(os.path.realpath(change.path)), exist_ok=True)
        kept = None if change.before is None else _keep(change.path)
        write_file(change.path, change.after)
    except OSError as error:
        raise Refused(f"`{printable(change.path)}` cannot be written: {error.strerror or error}") from None
    return kept


def _keep(path: str) -> str:
    """Copy a file beside itself; nobody may read the copy who may not read the file."""
    kept = f"{path}.bak"
    handle, waiting = tempfile.mkstemp(prefix=".", suffix=".new", dir=os.path.dirname(path))
    os.close(handle)
    try:
        shutil.copyfile(path, waiting)
        shutil.copystat(path, waiting)
        os.replace(waiting, kept)
    except BaseException:
        os.unlink(waiting)
        raise
    return kept


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise InvalidConfig(f"`{printable(path)}` is not UTF-8", hint="Nothing has been changed") from None
    except OSError as error:
        raise Refused(f"`{printable(path)}` cannot be read: {error.strerror or error}") from None


def _unclear(client: Client, path: str, error: UnclearTextError) -> InvalidConfig:
    hint = f"Nothing has been changed: mend the file, or have {client.title} write it"
    return InvalidConfig(f"`{printable(path)}` cannot be understood: {printable(str(error))}", hint=hint)
