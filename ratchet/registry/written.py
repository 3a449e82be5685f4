"""Tasks in the folder that may be written: made, changed and taken away, each former version kept."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ratchet.errors import Conflict, InvalidInput, InvalidTask, NotFound, Refused
from ratchet.registry.changes import add_cases, changed_files, put_texts
from ratchet.registry.former import keep, read_former
from ratchet.registry.mending import first_metadata, json_file, mended_files
from ratchet.registry.placing import Written, place_task
from ratchet.registry.writing import Check, writing
from ratchet.task.digest import digest_of
from ratchet.task.folder import read_folder
from ratchet.task.load import build_task, load_task
from ratchet.task.metadata import METADATA_FILES
from ratchet.task.naming import is_slug, slug_of
from ratchet.task.scaffold import create_task
from ratchet.task.text import printable
from ratchet.task.version import parse_version
from ratchet.values import JsonObject


def create(folder: str, arguments: JsonObject) -> Written:
    """Write a new task.

    Raises:
        Conflict: There is one of that name.
        InvalidTask, InvalidInput: It cannot be loaded as it would be.
    """
    name = arguments["name"]
    location = _location(folder, name)
    with writing(folder):
        _check_free(location, name)
        return place_task(folder, name, _files_of(name, arguments))


def replace(folder: str, name: str, arguments: JsonObject, check: Check | None = None) -> Written:
    """Write a task anew in the place of one that is there.

    Args:
        check: Looks at the one that is there.

    Raises:
        NotFound: There is no such task in the folder.
        InvalidTask, InvalidInput: It cannot be loaded as it would be.
        RatchetError: As `check` does.
    """
    _location(folder, name)
    with writing(folder):
        _own_files(folder, name, check)
        return place_task(folder, name, _files_of(name, arguments))


def _files_of(name: str, arguments: JsonObject) -> dict[str, bytes]:
    """Return the files of a whole task."""
    files = {
        "metadata.json": json_file(first_metadata(name, arguments)),
        "main.js": arguments["source"].encode("utf-8", "surrogatepass"),
        "input.schema.json": json_file(arguments["input_schema"]),
        "output.schema.json": json_file(arguments["output_schema"]),
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
    with writing(folder):
        _check_free(location, name)
        create_task(location, template=template, **words)
        return Written(load_task(location))


def edit(
    folder: str, arguments: JsonObject, more: Mapping[str, bytes] | None = None, check: Check | None = None
) -> Written:
    """Change parts of a task; what is not named stays. Of one that cannot be loaded, they replace the broken ones.

    Where nothing changes, no former version is made.

    Args:
        more: Files to write as they are.
        check: Looks at the one that is there.

    Raises:
        NotFound: There is no such task in the folder.
        InvalidTask, InvalidInput: It could not be loaded then, or is written in a way that cannot be changed here.
        RatchetError: As `check` does.
    """
    name = arguments["task"]
    location = _location(folder, name)
    with writing(folder):
        files = _own_files(folder, name, check)
        called, changed = _changed(location, name, files, arguments)
        wanted = {**changed, **(more or {})}
        if wanted == files:
            return Written(load_task(location))
        return place_task(folder, name, wanted, called=called)


def _changed(location: str, name: str, files: dict[str, bytes], arguments: JsonObject) -> tuple[str, dict[str, bytes]]:
    """Return what the task is called, and its files with the changes."""
    try:
        task = build_task(location, "", name, dict(files), foreign=False)
    except InvalidTask:
        return name, mended_files(name, files, arguments)
    return task.name, changed_files(task, arguments)


def add_version(folder: str, arguments: JsonObject, check: Check | None = None) -> Written:
    """Make a new version of a task, with changes; the one before stays beside it and can still be asked for.

    Args:
        check: Looks at the one that is there.

    Raises:
        NotFound: There is no such task in the folder.
        Conflict: The version is not a later one.
        InvalidTask, InvalidInput: It could not be loaded.
        RatchetError: As `check` does.
    """
    _location(folder, arguments["task"])
    with writing(folder):
        return _add_version(folder, arguments, check)


def _add_version(folder: str, arguments: JsonObject, check: Check | None) -> Written:
    name, wanted = arguments["task"], arguments["version"]
    files = _own_files(folder, name, check)
    task = build_task(_location(folder, name), "", name, files, foreign=False)
    version, before = parse_version(wanted), parse_version(task.version)
    if version is not None and before is not None and version <= before:
        later = f"{before.major}.{before.minor}.{before.patch + 1}"
        hint = f"Take a later one, such as `{later}`"
        raise Conflict(f"`{printable(wanted)}` is not later than `{task.version}` of `{name}`", hint=hint)
    beside = os.path.join(folder, f"{name}@{task.version}")
    if os.path.lexists(beside):
        raise Conflict(f"`{printable(beside, 1000)}` is there already", hint="Move it away")
    return place_task(folder, name, changed_files(task, arguments), beside=beside, called=task.name)


def restore(folder: str, name: str, former: str | None = None) -> Written:
    """Bring a former version of a task back, the newest where none is named; the one of now is kept.

    Raises:
        NotFound: There is none.
        InvalidTask: It cannot be loaded.
    """
    _location(folder, name)
    with writing(folder):
        return put(folder, name, read_former(folder, name, former))


def put(folder: str, name: str, files: Mapping[str, bytes]) -> Written:
    """Write a whole task, in the place of one that may be there; the caller keeps others from writing.

    Raises:
        Refused: Something that is no task has its name.
        InvalidTask, InvalidInput: It cannot be loaded.
    """
    location = _location(folder, name)
    if os.path.islink(location) or (os.path.lexists(location) and not os.path.isdir(location)):
        raise Refused(f"`{printable(location, 1000)}` is no folder of a task", hint="Move it away")
    return place_task(folder, name, files)


def delete(folder: str, name: str, check: Check | None = None) -> str:
    """Take a task away, also one that cannot be loaded; return where it is kept.

    Args:
        check: Looks at it before.

    Raises:
        NotFound: There is no such task in the folder.
        RatchetError: As `check` does.
    """
    _location(folder, name)
    with writing(folder):
        _own_files(folder, name, check)
        return keep(folder, name)


def _location(folder: str, name: str) -> str:
    if not is_slug(name):
        hint = f"Call it `{slug_of(name)}`"
        raise InvalidInput(f"`{printable(name)}` cannot name a task", hint=hint)
    return os.path.join(folder, name)


def _check_free(location: str, name: str) -> None:
    if os.path.lexists(location):
        raise Conflict(f"There is a task `{name}` already", hint="Change that one, or take another name")


def _own_files(folder: str, name: str, check: Check | None) -> dict[str, bytes]:
    """Return the files of a task in the folder, be they damaged, if whoever is to look at it has nothing against it."""
    location = _location(folder, name)
    # A link may lead out of the folder.
    if os.path.islink(location) or not os.path.isdir(location):
        hint = "Tasks of other folders stay as they are"
        raise NotFound(f"There is no task `{name}` in the folder that may be written", hint=hint)
    files = read_folder(location)
    if not files.keys() & {*METADATA_FILES}:
        raise InvalidTask(f"`{printable(location, 1000)}` is not a task: it has no metadata")
    if check is not None:
        check(digest_of(files))
    return files
