"""What a worker says while it runs a task: kept for the execution, masked, passed on to those who listen and answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ratchet.execution.calls import Calls
from ratchet.execution.document import ConsoleLine
from ratchet.execution.listener import Listener
from ratchet.execution.signatures import Signatures
from ratchet.sandbox.supervise import Answer
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.execution.fetches import Fetches
    from ratchet.gateway.exchange import Exchange
    from ratchet.gateway.secrets import Secrets


class Heard:
    """Keeps what a worker says and passes it on.

    Args:
        secrets: What is taken out of all that it says: it may put together what came back in pieces.
        open_fetches: Called at the first fetch: a task that makes none pays nothing for the network.
    """

    def __init__(
        self,
        listener: Listener,
        secrets: Secrets,
        calls: Calls,
        signatures: Signatures,
        open_fetches: Callable[[Callable[[str], None]], Fetches],
    ) -> None:
        self._listener = listener
        self._secrets = secrets
        self._calls = calls
        self._signatures = signatures
        self._open_fetches = open_fetches
        self._began = time.monotonic()
        self._fetches: Fetches | None = None
        self.lines: list[ConsoleLine] = []
        self.last_progress: JsonObject | None = None

    def console(self, level: str, time_ms: int, text: str) -> None:
        """Keep a line."""
        line = ConsoleLine(level=level, time_ms=time_ms, text=self._secrets.mask_value(text))
        self.lines.append(line)
        self._listener.console(line)

    def progress(self, report: JsonObject) -> None:
        """Keep the last report."""
        self.last_progress = self._secrets.mask_value(report)
        self._listener.progress(self.last_progress)

    def ask(self, identity: int, kind: str, payload: Json, answer: Answer) -> None:
        """Pass a question of the task to whoever answers its kind."""
        if kind == "call":
            self._calls.start(identity, self._secrets.mask_value(payload), answer)
        elif kind == "sign":
            self._signatures.answer(identity, payload, answer)
        elif kind == "fetch":
            if self._fetches is None:
                self._fetches = self._open_fetches(self._note)
            self._fetches.start(identity, payload, answer)
        else:
            answer({"error": {"name": "Error", "message": f"Nobody answers `{kind[:40]}`"}})

    def abandon(self, identity: int) -> None:
        """Pass on that nobody waits for an answer any more."""
        if self._fetches is not None:
            self._fetches.abandon(identity)

    def _note(self, sentence: str) -> None:
        self.console("warn", round((time.monotonic() - self._began) * 1000), sentence)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What the task has asked of the network."""
        return self._fetches.exchanges if self._fetches else ()

    def close(self) -> None:
        """End what the task still has under way."""
        self._calls.close()
        if self._fetches is not None:
            self._fetches.close()
