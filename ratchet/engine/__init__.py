"""JavaScript: what an engine must do, and which engines there are.

Everything here but `source`, `positions` and `typescript` runs in the confined worker and imports the standard
library, the packages of the engine that was chosen and its siblings, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from ratchet.engine.prelude import Prelude

ENGINES = ("dukpy", "wasm")
"""The engines there are, the default first."""

MOST_MEMORY_BYTES = {"dukpy": 96 * 1024 * 1024, "wasm": 1024 * 1024 * 1024}
"""What an engine can use of the memory limit: the heap of dukpy ends a little above that."""


class ScriptFault(Exception):
    """JavaScript that ended in an exception nobody caught; the text is the engine's own."""


class EngineFault(Exception):
    """An engine that failed and noticed; nothing of its context can go on."""


class Host(Protocol):
    """What a script's prelude talks to."""

    def receive(self, kind: str, text: str) -> Any:
        """Take one message of the prelude and return the JSON value it gets back, None for nothing.

        Bytes are JSON text already.
        """

    def resolve_module(self, base: str, specifier: str) -> str:
        """Return the identity of the module that `base` imports as `specifier`."""

    def module_source(self, identity: str) -> str | None:
        """Return the text of an ES module, None where there is no such file."""


class Engine(Protocol):
    """One JavaScript context, fresh, with the prelude in place."""

    name: str
    version: str

    def attach(self, host: Host) -> None:
        """Send the prelude's messages to this host from now on."""

    def limit_memory(self, memory_bytes: int) -> bool:
        """Let the context have this much memory more than now; tell whether the engine has a means of its own."""

    def deliver(self, event: str, value: str) -> None:
        """Hand an event with a value, as JSON text, to the prelude, then run every microtask.

        Raises:
            ScriptFault: Something was thrown, or a promise was rejected, and nothing handled it.
            EngineFault: The engine failed.
        """

    def evaluate(self, expression: str) -> str | None:
        """Evaluate a script of the host's own and return the JSON text of its value."""


def open_engine(name: str, prelude: Prelude) -> Engine:
    """Return a new engine by its name in `ENGINES`; each has packages of its own to import."""
    if name == "wasm":
        from ratchet.engine.wasm_engine import WasmEngine

        return WasmEngine(prelude)
    from ratchet.engine.dukpy_engine import DukpyEngine

    return DukpyEngine(prelude)


class Reporter(Protocol):
    """Where an execution's console, progress, questions and end go: a frame each.

    Attributes:
        trace: Returns what an execution that is recorded has seen so far, for the end.
        ran: Returns the numbers of the statements that have run, where the source counts them.
    """

    trace: Callable[[], Mapping[str, Any] | None]
    ran: Callable[[], Sequence[int]]

    def console(self, level: str, time_ms: int, text: str) -> None: ...

    def progress(self, report: Mapping[str, Any]) -> None: ...

    def ask(self, question: str) -> None: ...

    def abandon(self, identity: int) -> None: ...

    def wait(self, seconds: float | None) -> tuple[int, str] | None: ...

    def finish(self, kind: bytes, body: bytes, dropped_lines: int) -> NoReturn: ...
