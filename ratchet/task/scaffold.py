"""Make new tasks from templates."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator

from ratchet.errors import Conflict, InvalidTask, NotFound, Refused
from ratchet.task.text import nearest, printable
from ratchet.task.version import nearest_version, parse_version
from ratchet.values import JsonObject

_TEMPLATES_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")
_DESCRIPTIONS = {
    "basic": "Greets somebody by name.",
    "transform": "Adds up the items of an order.",
    "typescript": "Counts the words of a text, in TypeScript.",
    "http-client": "Reads a user from an HTTP API.",
    "pagination": "Reads a list of an HTTP API, page after page.",
    "webhook": "Signs an event with a secret and delivers it.",
}
_PERMISSIONS: dict[str, JsonObject] = {
    "http-client": {"net": ["api.example.com"], "methods": ["GET"]},
    "pagination": {"net": ["api.example.com"], "methods": ["GET"]},
    "webhook": {"net": ["hooks.example.com"], "methods": ["POST"], "secrets": ["WEBHOOK_KEY"]},
}
TEMPLATES = tuple(_DESCRIPTIONS)
FIRST_VERSION = "0.1.0"


def describe_template(template: str) -> str:
    """Return a sentence about what a task from a template does before it is changed."""
    return _DESCRIPTIONS[template]


def permissions_of_template(template: str) -> JsonObject:
    """Return what a task from a template declares to reach."""
    return _PERMISSIONS.get(template, {})


def create_task(
    path: str | os.PathLike[str],
    *,
    template: str = "basic",
    label: str | None = None,
    description: str | None = None,
    version: str | None = None,
) -> list[str]:
    """Write a new task into a folder that is not there yet, or is empty; return the paths of its files.

    Raises:
        Conflict: When something is already there.
        NotFound: When there is no such template.
        InvalidTask: When the version is not a semantic version.
        Refused: When the folder cannot be written.
    """
    location = os.path.normpath(os.fspath(path))
    if template not in TEMPLATES:
        match = nearest(template, TEMPLATES)
        hint = f"Did you mean `{match}`?" if match else "There are " + ", ".join(f"`{name}`" for name in TEMPLATES)
        raise NotFound(f"There is no template `{printable(template)}`", hint=hint)
    if version is not None and parse_version(version) is None:
        guess = nearest_version(version) or FIRST_VERSION
        raise InvalidTask(f"`{printable(version)}` is not a semantic version", hint=f"Write `{guess}`")
    _refuse_occupied(location)
    metadata: JsonObject = {
        "uuid": str(uuid.uuid4()),
        "version": version or FIRST_VERSION,
        "label": label or _label_of(location),
        "description": description or _DESCRIPTIONS[template],
    }
    permissions = permissions_of_template(template)
    if permissions:
        metadata["permissions"] = permissions
    try:
        names = _write_folder(location, template, metadata)
    except OSError as error:
        raise Refused(f"`{printable(location, 1000)}` cannot be written: {error.strerror or error}") from None
    return [os.path.join(location, name) for name in names]


def _refuse_occupied(location: str) -> None:
    shown = printable(location, 1000)
    if os.path.isdir(location):
        with os.scandir(location) as entries:
            if next(entries, None) is not None:
                raise Conflict(f"`{shown}` is not empty", hint="Name a folder that is not there yet")
    elif os.path.lexists(location):
        raise Conflict(f"`{shown}` is already there", hint="Name a folder that is not there yet")


def _label_of(location: str) -> str:
    name = os.path.basename(os.path.realpath(location))
    return name.replace("-", " ").replace("_", " ").strip().capitalize() or "Task"


def _write_folder(location: str, template: str, metadata: JsonObject) -> list[str]:
    """Write everything beside the folder and move it there at the end, so that nothing is ever half there."""
    created = _make_parents(os.path.dirname(os.path.abspath(location)))
    waiting = None
    try:
        waiting = tempfile.mkdtemp(prefix=".ratchet-new-", dir=os.path.dirname(os.path.abspath(location)))
        names = ["metadata.json"]
        _write(os.path.join(waiting, "metadata.json"), json.dumps(metadata, indent=2, ensure_ascii=False) + "\n")
        for name, text in _template_files(template):
            _write(os.path.join(waiting, *name.split("/")), text)
            names.append(name)
        os.chmod(waiting, 0o755)
        _move(waiting, location)
    except BaseException:
        if waiting:
            shutil.rmtree(waiting, ignore_errors=True)
        for folder in reversed(created):
            os.rmdir(folder)
        raise
    return names


def _move(waiting: str, location: str) -> None:
    if os.path.samefile(location, os.curdir) if os.path.isdir(location) else False:
        # A shell that stands in the folder would be left in one that is gone.
        for name in sorted(os.listdir(waiting)):
            os.rename(os.path.join(waiting, name), os.path.join(location, name))
        os.rmdir(waiting)
        return
    if os.path.isdir(location):
        os.rmdir(location)
    os.rename(waiting, location)


def _make_parents(folder: str) -> list[str]:
    """Make a folder and those above it; return the ones that were not there, the outermost first."""
    missing: list[str] = []
    while folder and not os.path.isdir(folder):
        if os.path.lexists(folder):
            raise NotADirectoryError(errno.ENOTDIR, f"`{printable(folder, 1000)}` is not a folder")
        missing.append(folder)
        folder = os.path.dirname(folder)
    missing.reverse()
    made: list[str] = []
    try:
        for each in missing:
            os.mkdir(each)
            made.append(each)
    except OSError:
        for each in reversed(made):
            os.rmdir(each)
        raise
    return missing


def _template_files(template: str) -> Iterator[tuple[str, str]]:
    root = os.path.join(_TEMPLATES_FOLDER, template)
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                yield os.path.relpath(path, root).replace(os.sep, "/"), file.read()


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
