"""Who hears of an execution while it happens."""

from __future__ import annotations

from typing import Protocol

from ratchet.execution.document import ConsoleLine
from ratchet.values import JsonObject, Problem


class Listener(Protocol):
    """Who hears of an execution as it happens."""

    def warning(self, problem: Problem) -> None:
        """Something is odd about the input."""

    def console(self, line: ConsoleLine) -> None:
        """The task wrote a line."""

    def progress(self, report: JsonObject) -> None:
        """The task reported progress: fraction, step, message, data."""


class Silent:
    """A listener for those who read the `Execution` afterwards."""

    def warning(self, problem: Problem) -> None:
        """Drop it."""

    def console(self, line: ConsoleLine) -> None:
        """Drop it; the execution keeps the line."""

    def progress(self, report: JsonObject) -> None:
        """Drop it; the execution keeps the last one."""
