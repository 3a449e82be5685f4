"""Check and compile the schemas of a task, with places in its files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ratchet.errors import InvalidTask
from ratchet.task.model import Task
from ratchet.task.places import place_of
from ratchet.task.pointer import path_of_pointer
from ratchet.task.schema import Schema, check_schema, compile_schema
from ratchet.task.text import error_from
from ratchet.values import Json, Problem

Side = Literal["input", "output"]


def compile_task_schema(task: Task, side: Side) -> Schema | None:
    """Return the compiled schema of one side, None when the task has none.

    Raises:
        InvalidTask: With every problem of the schema, each with its place.
    """
    schema, base, _ = _schema_of(task, side)
    if schema is None:
        return None
    try:
        return compile_schema(schema, files=task.files, base=base)
    except InvalidTask as error:
        problems = list(_placed(task, side, error.problems))
        raise error_from(problems, InvalidTask, subject=f"The {side} schema of `{task.name}`") from None


def check_task_schemas(task: Task) -> list[Problem]:
    """Return every problem of both schemas of a task, each with its place."""
    problems: list[Problem] = []
    for side in ("input", "output"):
        schema, base, _ = _schema_of(task, side)
        if schema is not None:
            problems.extend(_placed(task, side, check_schema(schema, files=task.files, base=base)))
    return problems


def _schema_of(task: Task, side: Side) -> tuple[Json, str, str]:
    """Return a schema, the file it stands in, and the pointer of the schema in that file."""
    if side == "input":
        schema, file = task.input_schema, task.input_schema_file
    else:
        schema, file = task.output_schema, task.output_schema_file
    return schema, file or task.metadata.metadata_file, "" if file else f"/{side}_schema"


def _placed(task: Task, side: Side, problems: tuple[Problem, ...] | list[Problem]) -> Iterator[Problem]:
    _, file, prefix = _schema_of(task, side)
    text = task.files[file].decode("utf-8", "replace")
    for problem in problems:
        steps = path_of_pointer(problem.pointer or "")
        # A wrong key is what stands there, not its value.
        key = len(steps) > 1 and steps[-2] == "patternProperties"
        place = place_of(task.path_of(file), text, prefix + (problem.pointer or ""), key=key)
        yield problem._replace(place=place)
