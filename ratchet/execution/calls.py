"""Tasks that call tasks: `context.call` becomes an execution of its own, in a thread beside its parent's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from ratchet.errors import CountLimit, InvalidInput, NotPermitted, RatchetError, TaskFailed, code_of
from ratchet.execution.document import Execution
from ratchet.execution.in_flight import InFlight
from ratchet.execution.surroundings import CallMade
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.supervise import Answer
from ratchet.task.model import Limits, Task
from ratchet.task.parse import DEEPEST, is_deeper_than
from ratchet.values import Json, JsonObject

MAX_DEPTH = 8
MAX_CALLS = 50
MAX_IN_FLIGHT = 6
_NOT_RECORDED: JsonObject = {"error": {"name": "Error", "message": "The recording has no such call of a task"}}

FindTask = Callable[[str], Task]
"""Returns the task of a name; raises NotFound."""


Admit = Callable[[str], None]
"""Raises a RatchetError for the name of a task that may not run."""


def admitted(find_task: FindTask, admit: Admit) -> FindTask:
    """Return what finds as another does, but no task that may not run."""

    def find(name: str) -> Task:
        task = find_task(name)
        admit(task.name)
        return task

    return find


class RunTask(Protocol):
    """Runs a called task."""

    def __call__(self, task: Task, value: Json, *, limits: Limits, cancellation: Cancellation) -> Execution: ...


class Parent(NamedTuple):
    """The execution that a call comes from.

    Args:
        chain: Names of the tasks above the called one, the outermost first.
    """

    id: str
    chain: tuple[str, ...]


class Calls:
    """The calls of one execution; closing it cancels those that are under way.

    Args:
        recorded: Answers by the number of the question, in place of calling anything.

    Attributes:
        made: The calls that have been answered.
    """

    def __init__(
        self,
        run: RunTask,
        task: Task,
        parent: Parent,
        limits: Limits,
        find_task: FindTask | None,
        recorded: Mapping[int, JsonObject] | None = None,
    ) -> None:
        self._run = run
        self._task = task
        self._parent = parent
        self._limits = limits
        self._find_task = find_task
        self._recorded = recorded
        self.made: list[CallMade] = []
        self._ends = time.monotonic() + limits.timeout_seconds
        self._cancellation = Cancellation()
        self._flying = InFlight(MAX_IN_FLIGHT, "ratchet-call")
        self._started = 0

    def start(self, identity: int, payload: Json, answer: Answer) -> None:
        """Answer a call, later and from another thread."""
        if self._recorded is not None:
            answer(self._recorded.get(identity) or _NOT_RECORDED)
            return
        if self._started >= MAX_CALLS:
            answer({"error": _error_for_script(CountLimit(f"An execution may call {MAX_CALLS} times"))})
            return
        self._started += 1
        if is_deeper_than(payload, DEEPEST):
            answer({"error": _error_for_script(InvalidInput(f"The input is nested more than {DEEPEST} deep"))})
            return
        # As text: read, an input can take thirty times the memory, and up to fifty wait here.
        text = json.dumps(payload).encode()
        self._flying.add(lambda: self._answer(identity, json.loads(text), answer))

    def close(self) -> None:
        """Cancel what is still running and wait until it has ended."""
        self._cancellation.cancel()
        self._flying.close()

    def _answer(self, identity: int, payload: Json, answer: Answer) -> None:
        try:
            result: JsonObject = {"value": self._call(payload).output}
        except RatchetError as error:
            result = {"error": _error_for_script(error)}
        except Exception:
            # A bug of ours; without an answer the caller would wait for its time limit.
            answer({"error": {"name": "Error", "message": "The call failed inside Ratchet"}})
            raise
        if isinstance(payload, dict):
            self.made.append(CallMade(identity, str(payload.get("task")), payload.get("input"), result))
        answer(result)

    def _call(self, payload: Json) -> Execution:
        """Run the called task.

        Raises:
            RatchetError: The call is not allowed, or the called task did not complete.
        """
        task = self._permitted(payload)
        remaining = max(0.001, self._ends - time.monotonic())
        limits = self._limits._replace(timeout_seconds=remaining)
        execution = self._run(task, payload["input"], limits=limits, cancellation=self._cancellation)
        if execution.error is not None:
            raise _Failed(execution)
        return execution

    def _permitted(self, payload: Json) -> Task:
        if not isinstance(payload, dict) or not isinstance(payload.get("task"), str) or "input" not in payload:
            raise InvalidInput("`context.call` takes the name of a task and an input")
        name = payload["task"]
        if name not in self._task.metadata.permissions.tasks:
            where = self._task.path_of(self._task.metadata.metadata_file)
            raise NotPermitted(f"The task may not call `{name[:80]}`: add it to `permissions.tasks` in `{where}`")
        if name in self._parent.chain:
            raise NotPermitted(f"The call of `{name}` goes in a circle: {' → '.join([*self._parent.chain, name])}")
        if len(self._parent.chain) >= MAX_DEPTH:
            raise NotPermitted(f"Calls may be {MAX_DEPTH} deep")
        if self._find_task is None:
            raise NotPermitted("No other tasks can be called from here")
        return self._find_task(name)


class _Failed(TaskFailed):
    """A called task that ended in an error."""

    def __init__(self, execution: Execution) -> None:
        assert execution.error is not None
        super().__init__(f"{execution.task.name}: {execution.error.message}")
        self.error = execution.error


def _error_for_script(error: RatchetError) -> JsonObject:
    """Return what the calling script catches: the called task's own error where that threw one."""
    if isinstance(error, _Failed):
        own = error.error
        facts = {"name": own.name or "Error", "message": own.message, "code": own.code, "status": own.status}
        return {key: value for key, value in facts.items() if value is not None}
    reasons = [
        f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message for problem in error.problems
    ]
    message = "; ".join(dict.fromkeys([error.message, *reasons]))
    return {"name": "Error", "message": message, "code": code_of(type(error))}
