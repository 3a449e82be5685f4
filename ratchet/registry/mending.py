"""The files of a task that cannot be loaded, with what somebody gives in place of its broken parts."""

from __future__ import annotations

import json
import posixpath
import uuid
from collections.abc import Mapping

from ratchet.errors import InvalidTask
from ratchet.registry.changes import METADATA, changed_files, put_texts
from ratchet.task.archive import odd_path
from ratchet.task.contents import ENTRYPOINTS, SOURCE_ENDINGS, parse_file
from ratchet.task.load import build_task
from ratchet.task.metadata import METADATA_FILES
from ratchet.task.metadata_text import change_keys
from ratchet.values import Json, JsonObject

_SIDES = ("input", "output")


def first_metadata(name: str, arguments: JsonObject) -> JsonObject:
    """Return the metadata of a task that had none."""
    metadata = {"uuid": str(uuid.uuid4()), "version": "0.1.0", "label": name.replace("-", " ").capitalize()}
    return {**metadata, **{key: arguments[key] for key in METADATA if key in arguments}}


def mended_files(name: str, damaged: Mapping[str, bytes], arguments: JsonObject) -> dict[str, bytes]:
    """Return the files with the parts that are named in their places; metadata that cannot be read is made anew.

    Raises:
        InvalidInput: A path is none that a file of a task may have.
        InvalidTask: It is still damaged, with every problem.
    """
    files = dict(damaged)
    put_texts(files, arguments.get("files", {}))
    file = next((each for each in METADATA_FILES if each in files), METADATA_FILES[0])
    metadata = _readable(files.get(file), file)
    changes: JsonObject = {key: arguments[key] for key in METADATA if key in arguments}
    dropped: list[str] = []
    if "source" in arguments:
        entrypoint = _entrypoint(metadata or {}, files)
        dropped += ["entrypoint"] if entrypoint is None else []
        files[entrypoint or ENTRYPOINTS[0]] = arguments["source"].encode("utf-8", "surrogatepass")
    for side in _SIDES:
        if f"{side}_schema" in arguments:
            files[f"{side}.schema.json"] = json_file(arguments[f"{side}_schema"])
            dropped += [f"{side}_schema", f"{side}s"]
    if metadata is not None:
        files[file] = change_keys(files[file], file, changes, dropped)
    elif changes:
        files.pop(file, None)
        files["metadata.json"] = json_file(first_metadata(name, arguments))
    mended = build_task(name, "", name, dict(files), foreign=False)
    return changed_files(mended, {"cases": arguments.get("cases", [])})


def _readable(data: bytes | None, file: str) -> JsonObject | None:
    """Return what a metadata file says; None where nobody can tell."""
    try:
        value, _ = parse_file(data or b"", path=file)
    except InvalidTask:
        return None
    return value if isinstance(value, dict) else None


def _entrypoint(metadata: JsonObject, files: Mapping[str, bytes]) -> str | None:
    """Return the file that is run, or would be if it were there; None where the metadata names none that could be."""
    named: Json = metadata.get("entrypoint")
    if named is None:
        return next((each for each in ENTRYPOINTS if each in files), ENTRYPOINTS[0])
    path = posixpath.normpath(named) if isinstance(named, str) and named else ""
    return path if path.endswith(SOURCE_ENDINGS) and not odd_path(path) else None


def json_file(value: object) -> bytes:
    """Return a value as a file of a task holds it."""
    return (json.dumps(value, indent=2) + "\n").encode()
