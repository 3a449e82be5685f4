"""What clients of the Model Context Protocol want of a task that is a tool: what one of them refuses is no tool.

These rules are what `ratchet validate --mcp` reports and what keeps a task out of the list of tools. One tool that a
client does not understand makes it drop the whole list, or the whole server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ratchet.task.model import Task
from ratchet.task.parse import is_deeper_than
from ratchet.task.pointer import pointer_of
from ratchet.task.schema_of_task import SIDES, Side, WrittenSchema, placed_in, schema_of
from ratchet.task.subschemas import resolve, walk_schemas
from ratchet.task.text import printable
from ratchet.values import Json, Place, Problem

TOOL_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,47}")
LONGEST_DESCRIPTION = 1024
MOST_SCHEMA_BYTES = 64 * 1024
MOST_DEPTH = 32
_PROPERTY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_COMPOSITES = ("oneOf", "anyOf", "allOf")
_REFERENCES = ("$ref", "$dynamicRef")


def check_for_clients(task: Task) -> list[Problem]:
    """Return every reason why a client would refuse a task as a tool, each with its place."""
    problems = [*_of_name(task), *_of_description(task)]
    for side in SIDES:
        written = schema_of(task, side)
        if written is not None:
            problems += placed_in(task, written, _of_schema(written, side))
        elif side == "input":
            problems.append(Problem("There is no input schema", _metadata(task), hint=_TYPE_HINT))
    return problems


def warnings_for_clients(task: Task) -> list[Problem]:
    """Return the same as warnings: a task that is no tool can be run all the same."""
    return [problem._replace(severity="warning") for problem in check_for_clients(task)]


def _metadata(task: Task) -> Place:
    return Place(task.path_of(task.metadata.metadata_file))


def _of_name(task: Task) -> Iterator[Problem]:
    if not TOOL_NAME.fullmatch(task.name):
        message = f"`{task.name}` cannot be the name of a tool"
        yield Problem(message, _metadata(task), hint="Begin it with a letter, and keep to 48 characters")


def _of_description(task: Task) -> Iterator[Problem]:
    description = task.metadata.description or ""
    if not description.strip():
        hint = "Say in `description` what the task does: a model chooses it by that"
        yield Problem("There is no description", _metadata(task), hint=hint)
    elif len(description) > LONGEST_DESCRIPTION:
        message = f"The description has {len(description):,} characters"
        yield Problem(message, _metadata(task), hint=f"Clients cut or refuse more than {LONGEST_DESCRIPTION:,}")


_TYPE_HINT = 'Write `"type": "object"` at its root: the arguments of a tool are an object'


def _of_schema(written: WrittenSchema, side: Side) -> Iterator[Problem]:
    """Yield what is wrong with a schema; of one that is too large or too deep, no more than that."""
    schema = written.value
    if is_deeper_than(schema, MOST_DEPTH):
        hint = "Clients give up on deep schemas: move parts to `$defs`, or ask for less"
        yield Problem(f"The {side} schema is nested more than {MOST_DEPTH} deep", pointer="", hint=hint)
        return
    try:
        size = len(json.dumps(schema, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        yield Problem(f"The {side} schema has half a character", pointer="", hint="Write both halves of the pair")
        return
    if size > MOST_SCHEMA_BYTES:
        message = f"The {side} schema takes {size:,} bytes"
        yield Problem(message, pointer="", hint=f"Every client loads it: keep to {MOST_SCHEMA_BYTES:,}")
        return
    if side == "input":
        yield from _of_arguments(schema)
    yield from _of_references(schema)


def _of_arguments(schema: Json) -> Iterator[Problem]:
    """Yield what is wrong with a schema that describes arguments: clients take an object with plain keys."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        yield Problem("The root of the input schema does not have the type `object`", pointer="", hint=_TYPE_HINT)
    for key in _COMPOSITES:
        if isinstance(schema, dict) and key in schema:
            hint = "Say it deeper inside, or check it in the task"
            yield Problem(f"The root of the input schema has `{key}`", pointer=pointer_of((key,)), hint=hint)
    for path, part in walk_schemas(schema):
        properties = part.get("properties")
        for name in properties if isinstance(properties, dict) else ():
            if not _PROPERTY.fullmatch(name):
                message = f"The property `{printable(name)}` is not a key that clients take"
                hint = "Use 1 to 64 letters, digits, `_`, `.` and `-`"
                yield Problem(message, pointer=pointer_of((*path, "properties", name)), hint=hint)


def _of_references(schema: Json) -> Iterator[Problem]:
    """Yield the references that cannot be followed with nothing but the schema at hand."""
    for path, part in walk_schemas(schema):
        for keyword in _REFERENCES:
            reference = part.get(keyword)
            if isinstance(reference, str) and resolve(schema, reference) is None:
                message = f"The reference `{printable(reference)}` leads to nothing in this schema"
                hint = "A client has this schema alone: put what it needs under `$defs`"
                yield Problem(message, pointer=pointer_of((*path, keyword)), hint=hint)
