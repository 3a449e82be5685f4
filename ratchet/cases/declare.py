"""Write the permissions of a task into its metadata, whose form stays."""

from __future__ import annotations

import json
import os
import re

from ratchet.cases.update import span_of
from ratchet.errors import InvalidTask, Refused
from ratchet.task.contents import parse_file
from ratchet.task.model import Task
from ratchet.task.new_file import write_file
from ratchet.task.places import is_yaml
from ratchet.values import JsonObject, Place

_KINDS = ("net", "methods", "secrets", "tasks")


def declare_permissions(task: Task, permissions: JsonObject) -> str:
    """Replace the permissions in the metadata of a task's folder and return the path of the file.

    Raises:
        Refused: The task is a ZIP, or its metadata cannot be written.
    """
    file = task.metadata.metadata_file
    path = task.path_of(file)
    if not os.path.isdir(task.location):
        raise Refused(f"`{task.location}` is not a folder", hint="Unpack it, write there, and pack it again")
    document, text = parse_file(task.files[file], path=path)
    present = document.get("permissions")
    others = {key: value for key, value in (present or {}).items() if key not in _KINDS}
    wanted = {**document, "permissions": {**permissions, **others}}
    changed = _with_permissions(path, text, wanted["permissions"], is_there="permissions" in document)
    try:
        sound = parse_file(changed.encode(), path=path)[0] == wanted
    except InvalidTask:
        sound = False
    if not sound:
        line = json.dumps({"permissions": wanted["permissions"]})[1:-1]
        raise Refused(f"`{path}` is written in a way that cannot be changed", hint=f"Write `{line}`", place=Place(path))
    try:
        write_file(path, changed)
    except OSError as error:
        raise Refused(f"`{path}` cannot be written to: {error.strerror}") from None
    return path


def _with_permissions(path: str, text: str, permissions: JsonObject, *, is_there: bool) -> str:
    yaml = is_yaml(path)
    if is_there:
        start, end = span_of(text, "/permissions", yaml)
        if yaml:
            # In the flow style, which fits wherever a value stood, a block too.
            trailing = "\n" if text[start:end].endswith("\n") else ""
            return text[:start].rstrip(" \n") + " " + json.dumps(permissions) + trailing + text[end:]
        return text[:start] + _laid_out(text, permissions) + text[end:]
    if yaml:
        return text.rstrip("\n") + f"\npermissions: {json.dumps(permissions)}\n"
    end = text.rstrip().rfind("}")
    before = text[:end].rstrip()
    comma = "" if before.endswith("{") else ","
    laid_out = _laid_out(text, permissions)
    if "\n" not in text[:end]:
        return f'{before}{comma} "permissions": {laid_out}{text[end:]}'
    return f'{before}{comma}\n{_indent_of(text)}"permissions": {laid_out}\n{text[end:]}'


def _laid_out(text: str, permissions: JsonObject) -> str:
    """Return the permissions in the form of the file: one key a line where the file has lines."""
    if "\n" not in text.strip():
        return json.dumps(permissions)
    indent = _indent_of(text)
    lines = [f"{indent * 2}{json.dumps(key)}: {json.dumps(value)}" for key, value in permissions.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _indent_of(text: str) -> str:
    match = re.search(r"\{\s*\n([ \t]+)", text)
    return match[1] if match else "  "
