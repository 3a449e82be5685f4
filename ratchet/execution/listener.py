"""Who hears of an execution while it happens."""

from __future__ import annotations

from typing import Protocol

from ratchet.execution.document import ConsoleLine
from ratchet.values import JsonObject, Problem


class Listener(Protocol):
    """Who hears of an execution as it happens."""

    def accepted(self) -> None:
        """The input is one that the task takes; what is next is a worker."""

    def started(self) -> None:
        """There is a worker, and it begins."""

    def warning(self, problem: Problem) -> None:
        """Something is odd about the input."""

    def console(self, line: ConsoleLine) -> None:
        """The task wrote a line."""

    def progress(self, report: JsonObject) -> None:
        """The task reported progress: fraction, step, message, data."""


class Silent:
    """A listener for those who read the `Execution` afterwards."""

    def accepted(self) -> None:
        """Drop it."""

    def started(self) -> None:
        """Drop it; the execution says when."""

    def warning(self, problem: Problem) -> None:
        """Drop it."""

    def console(self, line: ConsoleLine) -> None:
        """Drop it; the execution keeps the line."""

    def progress(self, report: JsonObject) -> None:
        """Drop it; the execution keeps the last one."""


class OfCalled:
    """Tells a caller's listener what a called task says, with the name of the task before it."""

    def __init__(self, listener: Listener, name: str) -> None:
        self._listener = listener
        self._name = name

    def accepted(self) -> None:
        """Drop it: the caller was accepted."""

    def started(self) -> None:
        """Drop it: the caller has started."""

    def warning(self, problem: Problem) -> None:
        """Pass it on."""
        self._listener.warning(problem._replace(message=f"{self._name}: {problem.message}"))

    def console(self, line: ConsoleLine) -> None:
        """Pass it on; the execution of the called task keeps the line."""
        self._listener.console(line._replace(text=f"{self._name}: {line.text}"))

    def progress(self, report: JsonObject) -> None:
        """Drop it: a bar shows the progress of the caller."""
