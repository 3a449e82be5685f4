"""Pass a task's progress on to a client: always more than before, and not too often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType

import anyio
import anyio.from_thread
import anyio.lowlevel

from ratchet.values import JsonObject

_INTERVAL_SECONDS = 0.1
_STEP = 1e-6

Send = Callable[[float, float | None, str | None], Awaitable[None]]


class Progress:
    """Sends the newest report, from a task beside the call; a `with` block ends it.

    Args:
        send: Takes progress, total and message.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._token = anyio.lowlevel.current_token()
        self._sent = 0.0
        self._newest: JsonObject | None = None
        self._passing = self._ended = False
        self._group = anyio.create_task_group()

    async def __aenter__(self) -> Progress:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._ended = True
        self._group.cancel_scope.cancel()
        done = await self._group.__aexit__(kind, error, trace)
        if kind is None:
            await self._send_newest()
        return done

    def heard(self, report: JsonObject) -> None:
        """Take a report, from any thread."""
        self._newest = report
        # The server may have ended, and the execution is about to.
        with suppress(anyio.RunFinishedError):
            anyio.from_thread.run_sync(self._start, token=self._token)

    def _start(self) -> None:
        # Not before there is something to pass on: most calls report nothing.
        if not self._passing and not self._ended:
            self._passing = True
            self._group.start_soon(self._pass_on)

    async def _pass_on(self) -> None:
        while self._newest is not None:
            await self._send_newest()
            await anyio.sleep(_INTERVAL_SECONDS)
        self._passing = False

    async def _send_newest(self) -> None:
        report, self._newest = self._newest, None
        if report is None:
            return
        fraction = report["fraction"]
        # The protocol wants each number above the one before; what a task says may stand still or go back.
        self._sent = fraction if fraction is not None and fraction > self._sent else self._sent + _STEP
        await self._send(self._sent, None if fraction is None else 1.0, words_of(report))


def words_of(report: JsonObject) -> str | None:
    """Return what a report says in words; None where it says nothing."""
    return " ".join(part for part in (report["step"], report["message"]) if part) or None
