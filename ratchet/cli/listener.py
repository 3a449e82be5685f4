"""A task's talk on stderr: its console lines, warnings, and a bar for its progress on a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from ratchet.cli.terminal import has_person, open_console, paint_for

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ratchet.execution.document import ConsoleLine, Execution
    from ratchet.values import JsonObject, Problem

_PREFIXES = {"debug": "debug:", "log": "", "info": "", "warn": "warn:", "error": "error:"}
_ROLES = {"warn": "warning", "error": "error"}
_WIDEST_WORDS = 60


class TerminalListener:
    """Shows an execution as it happens; a `with` block takes the bar away at the end."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._bar_task: TaskID | None = None

    def __enter__(self) -> TerminalListener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def accepted(self) -> None:
        """Say nothing: it takes no time that anybody sees."""

    def started(self) -> None:
        """Say nothing, neither."""

    def finished(self, execution: Execution) -> None:
        """Say nothing more: the command itself prints how it ended."""

    def warning(self, problem: Problem) -> None:
        """Show something odd about the task's metadata or the input."""
        from ratchet.cli.report import render_warning

        self._print(render_warning(problem, paint_for(sys.stderr)))

    def console(self, line: ConsoleLine) -> None:
        """Show a line of the task's console."""
        from ratchet.cli.report import inert

        prefix, role = _PREFIXES[line.level], _ROLES.get(line.level)
        shown = paint_for(sys.stderr)(role, prefix) if role else prefix
        self._print(f"{shown} {inert(line.text)}" if prefix else inert(line.text))

    def progress(self, report: JsonObject) -> None:
        """Move the bar; where nobody would see it, progress is left to `--json`."""
        if not has_person(sys.stderr):
            return
        from ratchet.cli.report import inert_line

        words = " ".join(part for part in (report["step"], report["message"]) if part)
        words = inert_line(words)[:_WIDEST_WORDS]
        fraction = report["fraction"]
        if self._bar is None or self._bar_task is None:
            self._bar, self._bar_task = _open_bar()
        total = None if fraction is None else 1
        self._bar.update(self._bar_task, description=words, completed=fraction or 0, total=total)
        # The first time it is shown only now, with the words of the first report.
        self._bar.start()

    def _print(self, text: str) -> None:
        if self._bar is None:
            print(text, file=sys.stderr, flush=True)
            return
        from rich.text import Text

        # The terminal wraps it, as it does when there is no bar.
        self._bar.console.print(Text.from_ansi(text), soft_wrap=True)


def _open_bar() -> tuple[Progress, TaskID]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    # The words last: their length changes, and the bar is to stay where it is.
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
    bar = Progress(*columns, console=open_console(sys.stderr), transient=True)
    return bar, bar.add_task("", total=1)
