"""Tasks in the folder that may be written: made, changed and taken away, each former version kept."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.errors import Conflict, InvalidInput, NotFound, Refused
from ratchet.task.load import build_task, load_task
from ratchet.task.model import Task
from ratchet.task.naming import is_slug, slug_of
from ratchet.task.scaffold import create_task
from ratchet.task.text import printable
from ratchet.values import JsonObject

FORMER = ".ratchet-former"
_METADATA = ("version", "description", "tags", "permissions")


class Written(NamedTuple):
    """A task as it is now, and where its former version is kept; None for a new one."""

    task: Task
    former: str | None = None


def create(folder: str, arguments: JsonObject) -> Written:
    """Write a new task.

    Raises:
        Conflict: There is one of that name.
        InvalidTask, InvalidInput: It cannot be loaded as it would be.
    """
    name = arguments["name"]
    location = _location(folder, name)
    if os.path.lexists(location):
        raise Conflict(f"There is a task `{name}` already", hint="Change that one, or take another name")
    metadata = {"uuid": str(uuid.uuid4()), "version": "0.1.0", "label": name.replace("-", " ").capitalize()}
    metadata |= {key: arguments[key] for key in _METADATA if key in arguments}
    files = {
        "metadata.json": _json(metadata),
        "main.js": arguments["source"].encode("utf-8", "surrogatepass"),
        "input.schema.json": _json(arguments["input_schema"]),
        "output.schema.json": _json(arguments["output_schema"]),
        **_case_files(arguments),
    }
    return _replace(folder, name, files)


def generate(folder: str, name: str, template: str, **words: str | None) -> Written:
    """Write a new task from a template; see `scaffold.create_task` for the words.

    Raises:
        Conflict: There is one of that name.
        NotFound, InvalidTask: As `scaffold.create_task` does.
    """
    location = _location(folder, name)
    if os.path.lexists(location):
        raise Conflict(f"There is a task `{name}` already", hint="Change that one, or take another name")
    create_task(location, template=template, **words)
    return Written(load_task(location))


def edit(folder: str, arguments: JsonObject, more: Mapping[str, bytes] | None = None) -> Written:
    """Change parts of a task; what is not named stays.

    Args:
        more: Files to write as they are.

    Raises:
        NotFound: There is no such task in the folder.
        InvalidTask, InvalidInput: It could not be loaded any more, or is written in a way that cannot be changed here.
    """
    name = arguments["task"]
    task = _own_task(folder, name)
    files = {**task.files, **_case_files(arguments), **(more or {})}
    if "source" in arguments:
        files[task.entrypoint] = arguments["source"].encode("utf-8", "surrogatepass")
    for side, file, schema in (
        ("input", task.input_schema_file, task.input_schema),
        ("output", task.output_schema_file, task.output_schema),
    ):
        if f"{side}_schema" in arguments:
            if file is None and schema is not None:
                raise InvalidInput(f"The {side} schema of `{name}` stands in its metadata", hint="Change it by hand")
            files[file or f"{side}.schema.json"] = _json(arguments[f"{side}_schema"])
    changes = {key: arguments[key] for key in _METADATA if key in arguments}
    if changes:
        file = task.metadata.metadata_file
        if not file.endswith(".json"):
            raise InvalidInput(f"`{file}` of `{name}` is not JSON", hint="Change it by hand, to keep its comments")
        files[file] = _json({**json.loads(files[file].decode("utf-8-sig")), **changes})
    return _replace(folder, name, files)


def delete(folder: str, name: str) -> str:
    """Take a task away; return where it is kept."""
    _own_task(folder, name)
    return _keep(folder, name)


def _location(folder: str, name: str) -> str:
    if not is_slug(name):
        hint = f"Call it `{slug_of(name)}`"
        raise InvalidInput(f"`{printable(name)}` cannot name a task", hint=hint)
    return os.path.join(folder, name)


def _own_task(folder: str, name: str) -> Task:
    location = _location(folder, name)
    # A link may lead out of the folder.
    if os.path.islink(location) or not os.path.isdir(location):
        raise NotFound(f"There is no task `{name}` in the folder that may be written", hint="Create it first")
    return load_task(location)


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _case_files(arguments: JsonObject) -> dict[str, bytes]:
    """Return each case as a file that is named after it."""
    files = {}
    for case in arguments.get("cases", []):
        files[f"tests/{slug_of(case['name'])}.json"] = _json(case)
    return files


def _replace(folder: str, name: str, files: Mapping[str, bytes]) -> Written:
    """Write a task beside the folder's others and move it to its place, the former one away before."""
    location = os.path.join(folder, name)
    build_task(location, "", name, dict(files), foreign=False)
    try:
        waiting = tempfile.mkdtemp(prefix=".ratchet-new-", dir=folder)
        try:
            for path, data in files.items():
                target = os.path.join(waiting, *path.split("/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(data)
            os.chmod(waiting, 0o755)
            former = _keep(folder, name) if os.path.lexists(location) else None
            os.rename(waiting, location)
        except BaseException:
            shutil.rmtree(waiting, ignore_errors=True)
            raise
    except OSError as error:
        raise Refused(f"`{printable(location, 1000)}` cannot be written: {error.strerror or error}") from None
    return Written(load_task(location), former)


def _keep(folder: str, name: str) -> str:
    """Move a task to where former versions are; return its new path."""
    home = os.path.join(folder, FORMER, name)
    try:
        os.makedirs(home, exist_ok=True)
        kept = tempfile.mkdtemp(prefix="", dir=home)
        os.rename(os.path.join(folder, name), kept)
    except OSError as error:
        raise Refused(f"`{printable(home, 1000)}` cannot be written: {error.strerror or error}") from None
    return kept
