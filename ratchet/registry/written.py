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
from ratchet.registry.changes import METADATA, add_cases, changed_files, put_texts
from ratchet.registry.former import keep, read_former
from ratchet.task.load import build_task, load_task
from ratchet.task.metadata import METADATA_FILES
from ratchet.task.model import Task
from ratchet.task.naming import is_slug, slug_of
from ratchet.task.scaffold import create_task
from ratchet.task.text import printable
from ratchet.task.version import parse_version
from ratchet.values import JsonObject


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
    if os.path.lexists(_location(folder, name)):
        raise Conflict(f"There is a task `{name}` already", hint="Change that one, or take another name")
    return _replace(folder, name, _files_of(name, arguments))


def replace(folder: str, name: str, arguments: JsonObject) -> Written:
    """Write a task anew in the place of one that is there.

    Raises:
        NotFound: There is no such task in the folder.
        InvalidTask, InvalidInput: It cannot be loaded as it would be.
    """
    _own_task(folder, name)
    return _replace(folder, name, _files_of(name, arguments))


def _files_of(name: str, arguments: JsonObject) -> dict[str, bytes]:
    """Return the files of a whole task."""
    metadata = {"uuid": str(uuid.uuid4()), "version": "0.1.0", "label": name.replace("-", " ").capitalize()}
    metadata |= {key: arguments[key] for key in METADATA if key in arguments}
    files = {
        "metadata.json": _json(metadata),
        "main.js": arguments["source"].encode("utf-8", "surrogatepass"),
        "input.schema.json": _json(arguments["input_schema"]),
        "output.schema.json": _json(arguments["output_schema"]),
    }
    texts = arguments.get("files", {})
    if texts.keys() & {*METADATA_FILES}:
        raise InvalidInput("The metadata of a new task is made", hint="Say it by `description`, `version`, `tags`")
    put_texts(files, texts)
    add_cases(files, arguments.get("cases", []))
    return files


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
    files = {**changed_files(_own_task(folder, name), arguments), **(more or {})}
    return _replace(folder, name, files)


def add_version(folder: str, arguments: JsonObject) -> Written:
    """Make a new version of a task, with changes; the one before stays beside it and can still be asked for.

    Raises:
        NotFound: There is no such task in the folder.
        Conflict: The version is not a later one.
        InvalidTask, InvalidInput: It could not be loaded.
    """
    name, wanted = arguments["task"], arguments["version"]
    task = _own_task(folder, name)
    version, before = parse_version(wanted), parse_version(task.version)
    if version is not None and before is not None and version <= before:
        later = f"{before.major}.{before.minor}.{before.patch + 1}"
        hint = f"Take a later one, such as `{later}`"
        raise Conflict(f"`{printable(wanted)}` is not later than `{task.version}` of `{name}`", hint=hint)
    beside = os.path.join(folder, f"{name}@{task.version}")
    if os.path.lexists(beside):
        raise Conflict(f"`{printable(beside, 1000)}` is there already", hint="Move it away")
    return _replace(folder, name, changed_files(task, arguments), beside=beside)


def restore(folder: str, name: str, former: str | None = None) -> Written:
    """Bring a former version of a task back, the newest where none is named; the one of now is kept.

    Raises:
        NotFound: There is none.
        InvalidTask: It cannot be loaded.
    """
    _location(folder, name)
    return put(folder, name, read_former(folder, name, former))


def put(folder: str, name: str, files: Mapping[str, bytes]) -> Written:
    """Write a whole task, in the place of one that may be there.

    Raises:
        Refused: Something that is no task has its name.
        InvalidTask, InvalidInput: It cannot be loaded.
    """
    location = _location(folder, name)
    if os.path.islink(location) or (os.path.lexists(location) and not os.path.isdir(location)):
        raise Refused(f"`{printable(location, 1000)}` is no folder of a task", hint="Move it away")
    return _replace(folder, name, files)


def delete(folder: str, name: str) -> str:
    """Take a task away; return where it is kept."""
    _own_task(folder, name)
    return keep(folder, name)


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


def _replace(folder: str, name: str, files: Mapping[str, bytes], beside: str | None = None) -> Written:
    """Write a task beside the folder's others and move it to its place, the former one away before.

    Args:
        beside: A folder for the former one, which is to be found like other tasks.
    """
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
            former = _make_way(folder, name, beside) if os.path.lexists(location) else None
            _move(waiting, location, former)
        except BaseException:
            shutil.rmtree(waiting, ignore_errors=True)
            raise
    except OSError as error:
        raise Refused(f"`{printable(location, 1000)}` cannot be written: {error.strerror or error}") from None
    return Written(load_task(location), former)


def _move(waiting: str, location: str, former: str | None) -> None:
    """Move a new task to its place; where that fails, the one that made way comes back."""
    try:
        os.rename(waiting, location)
    except OSError:
        if former is not None:
            os.rename(former, location)
        raise


def _make_way(folder: str, name: str, beside: str | None) -> str:
    """Move a task away; return its new path."""
    if beside is None:
        return keep(folder, name)
    os.mkdir(beside)
    # Under the same name: a task that does not say its own is called after its folder.
    kept = os.path.join(beside, name)
    os.rename(os.path.join(folder, name), kept)
    return kept
