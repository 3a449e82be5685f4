"""Add what a task lacks: a UUID, a version, skeletons of schemas."""

from __future__ import annotations

import json
import os
import uuid

from ratchet.errors import InvalidTask, NotFound, Refused
from ratchet.task.contents import parse_file
from ratchet.task.dialect import DEFAULT_DIALECT
from ratchet.task.folder import read_folder
from ratchet.task.metadata import METADATA_FILES
from ratchet.task.nearby import nearest_path
from ratchet.task.new_file import write_file
from ratchet.task.places import is_yaml
from ratchet.task.text import printable
from ratchet.values import JsonObject, Place

FIRST_VERSION = "0.1.0"


def repair_task(path: str | os.PathLike[str]) -> list[str]:
    """Add a missing UUID, version and schema files to a task's folder; return a sentence for each.

    Raises:
        Refused: For a ZIP, or when the folder cannot be written to.
        InvalidTask: When the folder holds no metadata, or metadata that cannot be read.
    """
    location = os.fspath(path)
    shown = printable(location, 1000)
    if not os.path.exists(location):
        match = nearest_path(location)
        raise NotFound(f"`{shown}` is not there", hint=f"Did you mean `{match}`?" if match else None)
    if not os.path.isdir(location):
        raise Refused(f"`{shown}` is not a folder", hint="Unpack it, repair the folder, and pack it again")
    files = read_folder(location)
    file = next((name for name in METADATA_FILES if name in files), None)
    if file is None:
        raise InvalidTask(f"`{shown}` is not a task: it has no metadata", place=Place(shown))
    metadata_path = os.path.join(location, file)
    metadata, text = parse_file(files[file], path=metadata_path)
    if not isinstance(metadata, dict):
        raise InvalidTask(f"`{metadata_path}` does not hold an object", place=Place(metadata_path, 1, 1))
    try:
        return _add_keys(metadata_path, text, metadata) + _add_schemas(location, metadata, files)
    except OSError as error:
        raise Refused(f"`{shown}` cannot be written to: {error.strerror}") from None


def _add_keys(path: str, text: str, metadata: JsonObject) -> list[str]:
    added: JsonObject = {}
    if metadata.get("uuid") is None:
        added["uuid"] = str(uuid.uuid4())
    if metadata.get("version") is None:
        added["version"] = FIRST_VERSION
    if not added:
        return []
    repaired = {**metadata, **added}
    if is_yaml(path):
        write_file(path, _with_lines(path, text, added, repaired))
    else:
        write_file(path, json.dumps(repaired, indent=2, ensure_ascii=False) + "\n")
    return [f"Added `{key}` `{value}` to `{path}`" for key, value in added.items()]


def _with_lines(path: str, text: str, added: JsonObject, repaired: JsonObject) -> str:
    """Return the YAML text with new lines in front of its first key; comments and the rest stay as they are."""
    # Deferred: YAML is slow to import.
    from ratchet.task.yaml_text import parse_yaml, walk_yaml

    first = next((node.key_offset for node in walk_yaml(text) if node.depth == 1), 0)
    lines = "".join(f'{key}: "{value}"\n' for key, value in added.items())
    result = text[:first] + lines + text[first:]
    try:
        sound = parse_yaml(result, file=path) == repaired
    except InvalidTask:
        sound = False
    if not sound:
        hint = "Add these lines yourself: " + lines.strip().replace("\n", ", ")
        raise Refused(f"`{path}` is written in a way that cannot be repaired", hint=hint, place=Place(path))
    return result


def _add_schemas(location: str, metadata: JsonObject, files: dict[str, bytes]) -> list[str]:
    sentences: list[str] = []
    for side in ("input", "output"):
        file = f"{side}.schema.json"
        if file in files or metadata.get(f"{side}_schema") is not None or metadata.get(f"{side}s") is not None:
            continue
        path = os.path.join(location, file)
        write_file(path, json.dumps({"$schema": DEFAULT_DIALECT, "type": "object"}, indent=2) + "\n")
        sentences.append(f"Wrote `{path}`, which accepts any object")
    return sentences
