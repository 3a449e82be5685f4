"""Find the entry point and the schemas among the files of a task."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Literal, NamedTuple

from ratchet.errors import InvalidTask, RatchetError
from ratchet.task.bounds import MOST_TEXT_BYTES
from ratchet.task.fields import schema_of_fields
from ratchet.task.parse import parse_json
from ratchet.task.places import is_yaml
from ratchet.task.reader import MetadataReader, name_of
from ratchet.task.text import decode_text, nearest, printable
from ratchet.values import Json, Place, Problem

ENTRYPOINTS = ("main.js", "main.mjs", "main.ts", "task.js")
"""What is run when the metadata names nothing, the first that is there wins."""

SOURCE_ENDINGS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
Side = Literal["input", "output"]


class FoundSchema(NamedTuple):
    """A schema of a task and the file it was read from, None for the metadata itself."""

    schema: Json = None
    file: str | None = None


def parse_file(data: bytes, *, path: str) -> tuple[Json, str]:
    """Return the value and the text of a metadata or schema file.

    Raises:
        InvalidTask: With every problem that stops the file from being read.
    """
    if len(data) > MOST_TEXT_BYTES:
        raise InvalidTask(f"`{path}` is larger than {MOST_TEXT_BYTES // 1024 // 1024} MB", place=Place(path))
    text = decode_text(data, file=path, kind=InvalidTask)
    if is_yaml(path):
        # Deferred: most tasks hold no YAML, and its parser is slow to import.
        from ratchet.task.yaml_text import parse_yaml

        return parse_yaml(text, file=path), text
    return parse_json(text, file=path, kind=InvalidTask), text


def problems_of(error: RatchetError) -> tuple[Problem, ...]:
    """Return the problems of an error; one that lists none is a problem itself."""
    return error.problems or (Problem(error.message, error.place, hint=error.hint),)


def find_entrypoint(reader: MetadataReader, files: Mapping[str, bytes], where: str) -> str:
    """Return the file to run; the reader notes what is wrong with it.

    Args:
        where: The folder or archive as the user typed it.
    """
    named = reader.text_of("entrypoint")
    if named is None:
        return _default_entrypoint(reader, files, where)
    path = posixpath.normpath(named) if named else ""
    outside = path.startswith(("/", "../")) or path in ("", ".", "..") or "\\" in path or ":" in path
    if outside or not path.isprintable():
        reader.report(f"The entry point `{printable(named)}` is not a file inside the task", "entrypoint")
    elif path not in files:
        match = nearest(path, [file for file in files if file.endswith(SOURCE_ENDINGS)])
        hint = f"Did you mean `{match}`?" if match else None
        reader.report(f"The entry point `{printable(named)}` is not there", "entrypoint", hint=hint)
    elif not path.endswith(SOURCE_ENDINGS):
        reader.report(f"The entry point `{printable(named)}` is neither JavaScript nor TypeScript", "entrypoint")
    else:
        _check_source(reader, files[path], posixpath.join(where, path))
    return path


def _default_entrypoint(reader: MetadataReader, files: Mapping[str, bytes], where: str) -> str:
    found = [file for file in ENTRYPOINTS if file in files]
    if not found:
        names = ", ".join(f"`{name}`" for name in ENTRYPOINTS)
        hint = f"Add one of {names}, or name the file as `entrypoint` in the metadata"
        reader.problems.append(Problem("The task has no entry point", Place(where), hint=hint))
        return ENTRYPOINTS[0]
    if len(found) > 1:
        others = ", ".join(f"`{name}`" for name in found[1:])
        reader.warn(f"`{found[0]}` is run, not {others}", hint="Say which one as `entrypoint` in the metadata")
    _check_source(reader, files[found[0]], posixpath.join(where, found[0]))
    return found[0]


def _check_source(reader: MetadataReader, data: bytes, path: str) -> None:
    if not data.strip():
        reader.problems.append(Problem(f"`{path}` is empty", Place(path, 1, 1), hint="Write a function"))
        return
    try:
        decode_text(data.removeprefix(b"\xef\xbb\xbf"), file=path, kind=InvalidTask)
    except InvalidTask as error:
        reader.problems.extend(problems_of(error))


def find_schema(reader: MetadataReader, files: Mapping[str, bytes], side: Side, where: str) -> FoundSchema:
    """Return the schema of one side: from the metadata, else from its own file."""
    key, fields_key, default = f"{side}_schema", f"{side}s", f"{side}.schema.json"
    inline, fields = reader.take(key), reader.take(fields_key)
    file = default if default in files else None
    if isinstance(inline, str):
        file = _named_file(reader, files, key, inline)
        if file is None:
            return FoundSchema()
        inline = None
    if inline is None and fields is None:
        return _read_schema(reader, files, file, side, where)
    ignored = [f"`{file}`"] if file else []
    if inline is not None and fields is not None:
        ignored.append(f"`{fields_key}`")
    used = key if inline is not None else fields_key
    if ignored:
        reader.warn(f"`{used}` is used, not {' and '.join(ignored)}", used, hint="Keep one of them", key=True)
    if inline is None:
        return FoundSchema(schema_of_fields(reader, fields_key, fields))
    if not isinstance(inline, dict | bool):
        reader.report(f"`{key}` is {name_of(inline)}, not a JSON Schema", key)
    return FoundSchema(inline)


def _named_file(reader: MetadataReader, files: Mapping[str, bytes], key: str, named: str) -> str | None:
    path = posixpath.normpath(named) if named else ""
    if path in files:
        return path
    match = nearest(path, list(files))
    hint = f"Did you mean `{match}`?" if match else "Write a JSON Schema, or the path of one inside the task"
    reader.report(f"The schema `{printable(named)}` is not a file of the task", key, hint=hint)
    return None


def _read_schema(
    reader: MetadataReader, files: Mapping[str, bytes], file: str | None, side: Side, where: str
) -> FoundSchema:
    if file is None:
        hint = f"Add `{side}.schema.json`, or run `ratchet validate --fix`"
        reader.warn(f"There is no {side} schema: any {side} is accepted", hint=hint)
        return FoundSchema()
    path = posixpath.join(where, file)
    try:
        schema, _ = parse_file(files[file], path=path)
    except InvalidTask as error:
        reader.problems.extend(problems_of(error))
        return FoundSchema(None, file)
    if not isinstance(schema, dict | bool):
        message = f"`{path}` holds {name_of(schema)}, not a JSON Schema"
        reader.problems.append(Problem(message, Place(path, 1, 1)))
    return FoundSchema(schema, file)
