"""A bar for work in many equal steps, shown only once it takes long."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from ratchet.cli.terminal import has_person, open_console

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS = 1.0


class LateBar:
    """Counts steps, on a terminal with a bar; what is printed meanwhile goes through `print`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> LateBar:
        if has_person(sys.stderr) and self._total > 1:
            self._timer = threading.Timer(_SECONDS, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def advance(self) -> None:
        """Count a step."""
        with self._lock:
            self._done += 1
            if self._bar is not None:
                self._bar.update(self._bar.task_ids[0], completed=self._done)

    def print(self, text: str) -> None:
        """Print to stdout, above the bar where that is the same terminal."""
        with self._lock:
            if self._bar is None or not sys.stdout.isatty():
                print(text, flush=True)
                return
            from rich.text import Text

            self._bar.console.print(Text.from_ansi(text), soft_wrap=True)

    def _show(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

        with self._lock:
            if self._timer is None:
                return
            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            console = open_console(sys.stderr)
            # Rich would send what goes to a pipe to the terminal.
            bar = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
            bar.add_task("", total=self._total, completed=self._done)
            bar.start()
            self._bar = bar
