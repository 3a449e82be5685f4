"""Add a source to the configuration file, and take one out."""

from __future__ import annotations

import os
from collections.abc import Callable

from ratchet.config.configuration import Configuration
from ratchet.config.editing import add_entry, remove_entry
from ratchet.config.layers import read_layers
from ratchet.config.schema import check_values
from ratchet.config.secrets import is_reference
from ratchet.config.task_sources import sources_of
from ratchet.errors import Conflict, InvalidConfig, NotFound, Refused, Unavailable
from ratchet.registry.catalogue import Offer, open_reader
from ratchet.registry.source import is_local, path_of
from ratchet.registry.store import Store
from ratchet.task.naming import slug_of
from ratchet.task.new_file import write_file
from ratchet.task.text import nearest, printable
from ratchet.values import JsonObject

_KEY = "registry.sources"
_NEW_FILE = "ratchet.yaml"


def add_source(configuration: Configuration, given: JsonObject, store: Store) -> tuple[Offer, str]:
    """Write a source into the configuration file once it has been read; return what it offers and the file.

    Args:
        given: The entry as the command line has it.

    Raises:
        InvalidConfig, Conflict: There can be no such source.
        Unavailable: It cannot be used.
        Refused: The file cannot be written.
    """
    file = configuration.source.path or _NEW_FILE
    _refuse_foreign_origin(configuration)
    entry = _entry_of(given)
    resolved = {**entry, "uri": os.path.abspath(path_of(entry["uri"]))} if is_local(entry["uri"]) else entry
    _check(configuration, resolved)
    (source,) = sources_of([resolved], configuration.source.environment)
    contents = open_reader(source, store, None, offline=False).read(fresh=True)
    if contents.state != "current":
        raise Unavailable(f"`{source.name}` cannot be used: {contents.detail}", hint="Nothing has been changed")
    if is_local(entry["uri"]):
        entry["uri"] = _beside(resolved["uri"], file)
    _change(file, lambda text: add_entry(text, "registry", "sources", entry, file=file))
    return Offer(source, contents), file


def _entry_of(given: JsonObject) -> JsonObject:
    """Return an entry with its name first, made from the URI where there is none."""
    base = given["uri"].rstrip("/").replace(":", "/").rpartition("/")[2]
    if is_local(given["uri"]):
        base = os.path.basename(os.path.abspath(path_of(given["uri"])))
    name = given.get("name") or slug_of(base.removesuffix(".git").removesuffix(".zip").removesuffix(".json"))
    return {"name": name, **{key: value for key, value in given.items() if key != "name"}}


def _check(configuration: Configuration, entry: JsonObject) -> None:
    auth = entry.get("auth")
    if auth is not None and not is_reference(auth):
        hint = "Others could read it in the list of processes"
        raise InvalidConfig("`--auth` takes `env:NAME` or `file:PATH`, not the token itself", hint=hint)
    if entry["name"] in [other["name"] for other in configuration.values[_KEY]]:
        hint = "`--name` gives it another name"
        raise Conflict(f"There is a source `{printable(entry['name'])}` already", hint=hint)
    _, faults = check_values({_KEY: [entry]})
    for fault in faults:
        raise InvalidConfig(f"The source's `{fault.inside[-1]}` {fault.message}", hint=fault.hint)


def _beside(path: str, file: str) -> str:
    """Return a path as it is written in a file: relative where it is below the file's folder."""
    folder = os.path.dirname(os.path.abspath(file))
    below = os.path.relpath(path, folder)
    return path if below.startswith(os.pardir) else os.path.join(os.curdir, below) if below != os.curdir else below


def remove_source(configuration: Configuration, name: str) -> None:
    """Take a source out of the configuration file.

    Raises:
        NotFound: There is none of the name.
        Refused: The file cannot be written.
    """
    names = [entry["name"] for entry in configuration.values[_KEY]]
    if name not in names:
        match = nearest(name, names)
        hint = f"Did you mean `{match}`?" if match else "`ratchet repo status` shows the sources"
        raise NotFound(f"There is no source `{printable(name)}`", hint=hint)
    _refuse_foreign_origin(configuration)
    file = configuration.source.path or _NEW_FILE
    index = names.index(name)
    _change(file, lambda text: remove_entry(text, "registry", "sources", index, file=file))


def _refuse_foreign_origin(configuration: Configuration) -> None:
    origin = read_layers(configuration.source).origins[_KEY]
    if origin.kind == "environment":
        raise Refused(f"The sources stand in `{origin.name}`, not in a file", hint="Change the variable")


def _change(file: str, change: Callable[[str], str]) -> None:
    try:
        text = ""
        if os.path.exists(file):
            with open(file, encoding="utf-8", newline="") as opened:
                text = opened.read()
        write_file(file, change(text))
    except OSError as error:
        raise Refused(f"`{printable(file)}` cannot be written: {error.strerror or error}") from None
