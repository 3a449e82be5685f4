"""Find the schemas of a task, and the places of their problems in its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from ratchet.errors import InvalidTask
from ratchet.task.model import Task
from ratchet.task.places import place_of
from ratchet.task.pointer import path_of_pointer
from ratchet.task.schema import Schema, check_schema, compile_schema
from ratchet.task.text import error_from
from ratchet.values import Json, Problem

Side = Literal["input", "output"]
SIDES: tuple[Side, ...] = ("input", "output")


class WrittenSchema(NamedTuple):
    """A schema and where it is written.

    Args:
        file: The file that it stands in, relative to the task.
        prefix: The pointer of the schema in that file.
    """

    value: Json
    file: str
    prefix: str


def schema_of(task: Task, side: Side) -> WrittenSchema | None:
    """Return the schema of one side, None when the task has none."""
    if side == "input":
        schema, file = task.input_schema, task.input_schema_file
    else:
        schema, file = task.output_schema, task.output_schema_file
    if schema is None:
        return None
    return WrittenSchema(schema, file or task.metadata.metadata_file, "" if file else f"/{side}_schema")


def compile_task_schema(task: Task, side: Side) -> Schema | None:
    """Return the compiled schema of one side, None when the task has none.

    Raises:
        InvalidTask: With every problem of the schema, each with its place.
    """
    written = schema_of(task, side)
    if written is None:
        return None
    try:
        return compile_schema(written.value, files=task.files, base=written.file)
    except InvalidTask as error:
        raise refusal_of(task, side, error.problems) from None


def check_task_schemas(task: Task) -> list[Problem]:
    """Return every problem of both schemas of a task, each with its place."""
    problems: list[Problem] = []
    for side in SIDES:
        written = schema_of(task, side)
        if written is not None:
            found = check_schema(written.value, files=task.files, base=written.file)
            problems.extend(placed_in(task, written, found))
    return problems


def refusal_of(task: Task, side: Side, problems: Iterable[Problem]) -> InvalidTask:
    """Return the error for what is wrong with the schema of one side, each problem with its place."""
    written = schema_of(task, side)
    assert written is not None
    error = error_from(
        list(placed_in(task, written, problems)), InvalidTask, subject=f"The {side} schema of `{task.name}`"
    )
    assert isinstance(error, InvalidTask)
    return error


def placed_in(task: Task, written: WrittenSchema, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of a schema with their places in the file that it is written in."""
    text = task.files[written.file].decode("utf-8", "replace")
    for problem in problems:
        steps = path_of_pointer(problem.pointer or "")
        # A wrong key is what stands there, not its value.
        key = len(steps) > 1 and steps[-2] == "patternProperties"
        place = place_of(task.path_of(written.file), text, written.prefix + (problem.pointer or ""), key=key)
        yield problem._replace(place=place)
