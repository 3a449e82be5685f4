"""Check values against the schemas of tasks: foreign ones that may be slow in the processes of the guard."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ratchet.errors import InvalidTask, TimeLimit
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.model import Task
from ratchet.values import Json, Problem

if TYPE_CHECKING:
    from ratchet.execution.schema_guard import ForeignSchema, SchemaGuard
    from ratchet.task.schema import Schema
    from ratchet.task.schema_of_task import Side, WrittenSchema

_KEPT = 256
_Key = tuple[str, str]
_Value = TypeVar("_Value")


class Checked(NamedTuple):
    """A value with its defaults filled in, and every violation of its schema."""

    value: Json
    problems: Sequence[Problem] = ()


class Schemas:
    """Keeps the schemas compiled that are checked here, and the guard for the others once there is one to check.

    Args:
        enabled: Whether values are checked at all.
        around_own: What to have around a check in this process, which may take as long as the schema makes it and holds
            the interpreter's lock.
    """

    def __init__(
        self, *, enabled: bool = True, around_own: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        self._enabled = enabled
        self._around_own = around_own
        self._compiled: OrderedDict[_Key, Schema] = OrderedDict()
        self._most_characters: OrderedDict[_Key, int] = OrderedDict()
        self._opening = threading.Lock()
        self._guard: SchemaGuard | None = None

    def close(self) -> None:
        """End the guard's processes."""
        if self._guard is not None:
            self._guard.close()

    def check_input(self, task: Task, value: Json, cancellation: Cancellation) -> Checked:
        """Return the input with its defaults filled in, and every violation of the input schema.

        Raises:
            InvalidTask: The schema is wrong.
            TimeLimit: The schema is foreign and takes too long to check.
            Cancelled: Somebody cancelled meanwhile.
        """
        return self._check(task, "input", value, cancellation)

    def check_output(self, task: Task, value: Json) -> Checked:
        """Return the output as it is, and every violation of the output schema.

        Raises:
            InvalidTask, TimeLimit: See `check_input`.
        """
        return self._check(task, "output", value, Cancellation())

    def check_task(self, task: Task) -> list[Problem]:
        """Return every problem of both schemas of a task, each with its place."""
        # Loaded by the first check, so that a task without schemas pays nothing for them.
        from ratchet.task.schema_of_task import SIDES, check_task_schemas, placed_in, schema_of

        if not task.foreign:
            return check_task_schemas(task)
        problems: list[Problem] = []
        for side in SIDES:
            written = schema_of(task, side)
            if written is not None:
                problems.extend(placed_in(task, written, self._problems_of_foreign(_foreign(task, side, written))))
        return problems

    def _check(self, task: Task, side: Side, value: Json, cancellation: Cancellation) -> Checked:
        if not self._enabled or (task.input_schema if side == "input" else task.output_schema) is None:
            return Checked(value)
        if task.foreign and not self._is_quick(task, side, value):
            return self._check_foreign(task, side, value, cancellation)
        with self._around_own():
            return _check_own(self._own(task, side), value, fill=side == "input")

    def _is_quick(self, task: Task, side: Side, value: Json) -> bool:
        """Tell whether a check is sure to be over before another process would have been asked."""
        key = (task.digest, side)
        most = self._most_characters.get(key)
        if most is None:
            from ratchet.task.plain import most_characters

            schema = task.input_schema if side == "input" else task.output_schema
            most = _keep(self._most_characters, key, most_characters(schema))
        return most > 0 and len(json.dumps(value)) <= most

    def _check_foreign(self, task: Task, side: Side, value: Json, cancellation: Cancellation) -> Checked:
        from ratchet.task.schema_of_task import refusal_of, schema_of

        written = schema_of(task, side)
        assert written is not None
        guard, schema = self._open_guard(), _foreign(task, side, written)
        try:
            return Checked(*guard.check_value(schema, value, cancellation, fill=side == "input"))
        except InvalidTask as error:
            if not error.problems:
                raise
            raise refusal_of(task, side, error.problems) from None

    def _own(self, task: Task, side: Side) -> Schema:
        key = (task.digest, side)
        schema = self._compiled.get(key)
        if schema is None:
            from ratchet.task.schema_of_task import compile_task_schema

            schema = compile_task_schema(task, side)
            assert schema is not None
            _keep(self._compiled, key, schema)
        return schema

    def _problems_of_foreign(self, schema: ForeignSchema) -> list[Problem]:
        try:
            return self._open_guard().check_schema(schema)
        except (InvalidTask, TimeLimit) as error:
            return [Problem(error.message, error.place, hint=error.hint)]

    def _open_guard(self) -> SchemaGuard:
        from ratchet.execution.schema_guard import SchemaGuard

        with self._opening:
            if self._guard is None:
                self._guard = SchemaGuard()
            return self._guard


def _keep(kept: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    kept[key] = value
    if len(kept) > _KEPT:
        kept.popitem(last=False)
    return value


def _check_own(schema: Schema, value: Json, *, fill: bool) -> Checked:
    from ratchet.task.schema import check_value, fill_defaults

    if fill:
        value = fill_defaults(schema, value)
    return Checked(value, check_value(schema, value))


def _foreign(task: Task, side: Side, written: WrittenSchema) -> ForeignSchema:
    from ratchet.execution.schema_guard import ForeignSchema

    return ForeignSchema(
        key=f"{task.digest} {side}",
        title=f"The {side} schema of `{task.name}`",
        path=task.path_of(written.file),
        value=written.value,
        base=written.file,
        files=task.files,
    )
