"""Follow `$ref` to the files of a task and nowhere else."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from ratchet.errors import InvalidTask
from ratchet.task.contents import parse_file
from ratchet.task.dialect import dialect_of
from ratchet.task.pointer import pointer_of
from ratchet.task.subschemas import resolve, walk_schemas
from ratchet.task.text import nearest, printable
from ratchet.values import Json, Problem

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BASE = "task:///"


def uri_of(file: str) -> str:
    """Return the address by which the schemas of a task know one of its files."""
    from urllib.parse import quote

    return _BASE + quote(file)


class TaskRetriever:
    """Fetch a referenced schema from the files of a task; everything else is refused."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def __call__(self, uri: str) -> Json:
        from urllib.parse import unquote

        if not uri.startswith(_BASE):
            raise InvalidTask(f"`{printable(uri)}` is outside the task")
        path = unquote(uri.removeprefix(_BASE))
        if path not in self._files:
            raise InvalidTask(f"`{printable(path)}` is not a file of the task")
        return parse_file(self._files[path], path=path)[0]


def check_references(schema: Json, files: Mapping[str, bytes], base: str) -> Iterator[Problem]:
    """Yield a problem for every reference that leads out of the task or to nothing.

    Args:
        base: The file that the schema stands in, relative to the task.
    """
    names = {part[key] for _, part in walk_schemas(schema) for key in ("$id", "id") if isinstance(part.get(key), str)}
    for path, part in walk_schemas(schema):
        for keyword in ("$ref", "$dynamicRef"):
            reference = part.get(keyword)
            if not isinstance(reference, str) or _names_itself(reference, names):
                continue
            if found := _check_reference(schema, reference, files, base):
                message, hint = found
                yield Problem(message, pointer=pointer_of((*path, keyword)), hint=hint)


def _names_itself(reference: str, names: set[str]) -> bool:
    plain = reference.partition("#")[0]
    return bool(plain) and (plain in names or plain + "#" in names or dialect_of({"$schema": plain}) is not None)


def _check_reference(
    schema: Json, reference: str, files: Mapping[str, bytes], base: str
) -> tuple[str, str | None] | None:
    shown = printable(reference)
    if _SCHEME.match(reference) or reference.startswith("//"):
        hint = "Put the schema into the task and refer to its file"
        return f"The reference `{shown}` leads out of the task: schemas are never fetched", hint
    file, _, fragment = reference.partition("#")
    if not file:
        if resolve(schema, reference) is None:
            return f"The reference `{shown}` leads to nothing in this schema", _nearest_definition(schema, reference)
        return None
    from urllib.parse import unquote

    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(file))).lstrip("/")
    if path not in files:
        match = nearest(path, list(files)[:1000])
        return f"The reference `{shown}` leads to no file of the task", f"Did you mean `{match}`?" if match else None
    try:
        target, _ = parse_file(files[path], path=path)
    except InvalidTask as error:
        return f"The reference `{shown}` leads to a file that cannot be read: {error.message}", error.hint
    if fragment and resolve(target, "#" + fragment) is None:
        return f"The reference `{shown}` leads to nothing in `{path}`", None
    return None


def _nearest_definition(schema: Json, reference: str) -> str | None:
    known = [
        f"#/{key}/{name}"
        for key in ("$defs", "definitions")
        if isinstance(schema, dict) and isinstance(schema.get(key), dict)
        for name in list(schema[key])[:500]
    ]
    match = nearest(reference, known)
    return f"Did you mean `{printable(match)}`?" if match else None
