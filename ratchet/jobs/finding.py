"""Where jobs find their tasks, and what their inputs are checked by."""

from __future__ import annotations

from collections.abc import Callable

from ratchet.execution.calls import Admit, FindTask, admitted
from ratchet.execution.listener import Silent
from ratchet.execution.request import encode_json, prepare_input
from ratchet.execution.runtime import Runtime
from ratchet.registry.catalogue import Catalogue
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.model import Task
from ratchet.values import Json

FindSource = Callable[[str], tuple[Task, FindTask]]
"""Returns the task of an address, and what finds the tasks that it calls; raises as `Catalogue.find` does."""

CheckInput = Callable[[Task, Json], object]
"""Raises InvalidInput for an input that a task does not take."""


def finder_of(catalogue: Catalogue, admit: Admit | None = None) -> FindSource:
    """Return what finds a task by its address, and the tasks that it calls.

    Args:
        admit: Refuses those that may not run; without it, all may.
    """

    def find(address: str) -> tuple[Task, FindTask]:
        task, source = catalogue.find(address)
        if admit is None:
            return task, catalogue.finder(source)
        admit(task.name)
        return task, admitted(catalogue.finder(source), admit)

    return find


def checker_of(runtime: Runtime) -> CheckInput:
    """Return what checks the input of a job before it is taken in."""
    return lambda task, value: encode_json(prepare_input(runtime, task, value, Silent(), Cancellation()))
