"""Make a folder that others can take as a source, and its index."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from ratchet.errors import Conflict, InvalidTask, NotFound, RatchetError, Refused
from ratchet.registry.folder import left_out
from ratchet.task.find import find_tasks
from ratchet.task.model import Task
from ratchet.task.new_file import write_file
from ratchet.task.text import printable
from ratchet.task.version import nearest_version, parse_version
from ratchet.task.yaml_text import parse_yaml
from ratchet.values import JsonObject, Problem

ABOUT_FILE = ".ratchet/registry.yaml"
INDEX_FILE = ".ratchet/index.json"
INDEX_VERSION = "1.0"
FOLDERS = ("tasks", "collections", "templates")
_OFFERED = ("tasks", "collections")
"""The folders whose tasks are in the index; a template is none that anybody runs."""
_README = """\
# {name}

{description}

Each folder below `tasks` is a task. `ratchet repo refresh-metadata` brings `.ratchet/index.json` up to date; a web
server that serves this folder is then a source: `ratchet repo add https://HOST/PATH/`.
"""


def create_repository(
    folder: str, *, name: str | None, description: str | None, version: str, ratchet_version: str, force: bool
) -> list[str]:
    """Make a repository of tasks and return the paths of its files and folders.

    Args:
        name: Without it, the name of the folder.
        ratchet_version: The version of Ratchet that the tasks are made for.
        force: Keep what is in the folder, and write over files of these names.

    Raises:
        Conflict: Something is in the folder already.
        InvalidTask: A version is not a semantic version.
        Refused: The folder cannot be written.
    """
    for text in (version, ratchet_version):
        if parse_version(text) is None:
            guess = nearest_version(text)
            message = f"`{printable(text)}` is not a semantic version"
            raise InvalidTask(message, hint=f"Write `{guess}`" if guess else None)
    _refuse_occupied(folder, force)
    about = {
        "name": name or os.path.basename(os.path.realpath(folder)),
        "description": description or "Tasks for Ratchet",
        "version": version,
        "ratchet_version": ratchet_version,
    }
    try:
        for each in (".ratchet", *FOLDERS):
            os.makedirs(os.path.join(folder, each), exist_ok=True)
        write_file(os.path.join(folder, ABOUT_FILE), _yaml(about))
        write_file(os.path.join(folder, "README.md"), _README.format(**about))
    except OSError as error:
        raise Refused(f"`{printable(folder)}` cannot be written: {error.strerror or error}") from None
    write_index(folder)
    return [os.path.join(folder, each) for each in (ABOUT_FILE, INDEX_FILE, *FOLDERS, "README.md")]


def _refuse_occupied(folder: str, force: bool) -> None:
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise Conflict(f"`{printable(folder)}` is not a folder", hint="Name one that is not there yet")
    if os.path.isdir(folder) and os.listdir(folder) and not force:
        raise Conflict(f"`{printable(folder)}` is not empty", hint="`--force` makes a repository of it all the same")


def _yaml(about: dict[str, str]) -> str:
    # A JSON string is a string of YAML too, whatever is in it.
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in about.items())


def write_index(folder: str) -> tuple[int, list[Problem]]:
    """Write the index of a repository anew; return how many tasks are in it, and why others are not.

    Raises:
        NotFound: The folder is not a repository.
        InvalidTask: What it says of itself cannot be read.
        Refused: The index cannot be written.
    """
    about = _read_about(folder)
    tasks: list[JsonObject] = []
    problems: list[Problem] = []
    for below in _OFFERED:
        if os.path.isdir(os.path.join(folder, below)):
            for found in find_tasks(os.path.join(folder, below)):
                if isinstance(found, RatchetError):
                    problems.append(left_out(found, below))
                else:
                    tasks.append(_index_entry(folder, found))
    document = {
        "version": INDEX_VERSION,
        "repository": {key: about.get(key) for key in ("name", "description", "version")},
        "tasks": tasks,
        "statistics": {"tasks": len(tasks), "left_out": len(problems)},
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        write_file(os.path.join(folder, INDEX_FILE), json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise Refused(f"`{printable(folder)}` cannot be written: {error.strerror or error}") from None
    return len(tasks), problems


def _read_about(folder: str) -> JsonObject:
    path = os.path.join(folder, ABOUT_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            about = parse_yaml(file.read(), file=path)
    except FileNotFoundError:
        hint = f"`ratchet repo init {printable(folder)}` makes one"
        raise NotFound(f"`{printable(folder)}` is not a repository of tasks", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidTask(f"`{printable(path)}` cannot be read: {error}") from None
    if not isinstance(about, dict):
        raise InvalidTask(f"`{printable(path)}` holds no object")
    return about


def _index_entry(folder: str, task: Task) -> JsonObject:
    """Return what the index says of a task; `files` lets a plain web server serve its folder."""
    metadata = task.metadata
    path = os.path.relpath(task.location, folder).replace(os.sep, "/")
    is_folder = os.path.isdir(task.location)
    return {
        "name": task.name,
        "label": metadata.label,
        "version": task.version,
        "uuid": metadata.uuid,
        "description": metadata.description,
        "author": metadata.author,
        "tags": list(metadata.tags),
        "category": metadata.category,
        "deprecated": metadata.deprecated,
        "permissions": metadata.permissions._asdict(),
        "path": path,
        "digest": task.digest,
        **({"files": sorted(task.files)} if is_folder else {}),
    }
