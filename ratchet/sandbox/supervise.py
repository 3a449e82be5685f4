"""Hold a worker to its limits while it answers one request, and name how it ended.

This side is the authority: what the worker counts itself is a courtesy, every figure is checked again here.
"""

from __future__ import annotations

import functools
import json
import signal
import time
from collections.abc import Callable
from typing import Protocol

from ratchet.errors import NotPermitted
from ratchet.sandbox import frames, launch
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.channel import DeadlinePassed
from ratchet.sandbox.isolation import LEVELS
from ratchet.sandbox.workers import Ending, Worker
from ratchet.task.model import Limits
from ratchet.task.parse import DEEPEST, is_deeper_than
from ratchet.values import Json, JsonObject

_SMALL_FRAME_BYTES = 64 * 1024
_FRAME_ALLOWANCE = 1_000
_TIME_SIGNALS = ("SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXCPU")
# On that engine too the level is what it is, but more stands behind it.
_SECOND_WALL = (
    "; where that cannot be had, `execution.engine: wasm` keeps bugs of the engine from the worker, and less isolation "
    "can be required"
)
_CODES = frozenset(
    (
        "script_error invalid_output never_settled no_entry memory_limit time_limit output_limit count_limit "
        "engine_crash"
    ).split()
)


Answer = Callable[[Json], None]
"""Sends a question's answer to the worker, from any thread; harmless once the worker is gone."""


class Listener(Protocol):
    """Who hears of an execution while it runs."""

    def console(self, level: str, time_ms: int, text: str) -> None: ...

    def progress(self, report: JsonObject) -> None: ...

    def ask(self, identity: int, kind: str, payload: Json, answer: Answer) -> None: ...

    def abandon(self, identity: int) -> None: ...


class Unheard:
    """A listener for a run whose talk nobody wants."""

    def console(self, level: str, time_ms: int, text: str) -> None:
        """Drop a line."""

    def progress(self, report: JsonObject) -> None:
        """Drop a report."""

    def ask(self, identity: int, kind: str, payload: Json, answer: Answer) -> None:
        """Refuse: nothing may be asked for in such a run."""
        answer({"error": {"name": "Error", "message": "Not available while a source is only checked"}})

    def abandon(self, identity: int) -> None:
        """Do nothing: every question has its answer already."""


class Outcome:
    """What came out of a worker, filled in as it comes.

    Attributes:
        body: The output as JSON bytes, unread, when `code` is None.
        code: The stable code of the failure.
        details: What the worker, or this side, says about the failure; believed no further than its shape.
        used: `cpu_ms`, `memory_peak_bytes` as far as the worker got to say.
        trace: What the worker says that an execution which is recorded has seen; see `frames.parse_trace`.
        ran: The statements that have run, in a source that counts them.
    """

    def __init__(self) -> None:
        self.body: bytes | None = None
        self.code: str | None = None
        self.details: JsonObject = {}
        self.isolation: JsonObject | None = None
        self.engine: JsonObject | None = None
        self.used: JsonObject = {}
        self.trace: JsonObject | None = None
        self.ran: frozenset[int] = frozenset()
        self.console_dropped = 0
        self.duration_seconds = 0.0
        self.queued_seconds = 0.0


def supervise(
    worker: Worker,
    request: bytes,
    limits: Limits,
    listener: Listener,
    cancellation: Cancellation,
    *,
    require_isolation: str = LEVELS[0],
) -> Outcome:
    """Run one request in a worker and return how it ended; the worker is used up and closed.

    Args:
        request: What `frames.pack_request` returned.
        require_isolation: The least level of `isolation.LEVELS` to send the request at.

    Raises:
        NotPermitted: The worker's isolation is below that level.
    """
    conversation = _Conversation(worker, limits, listener, require_isolation)
    try:
        with cancellation.on_cancel(worker.kill):
            conversation.run(request)
    finally:
        outcome = conversation.outcome
        if outcome.body is None and outcome.code is None and cancellation.cancelled:
            outcome.code = "cancelled"
        elif outcome.body is None and outcome.code is None:
            _explain(outcome, worker.ending(), conversation.late, limits)
        worker.close()
    return outcome


class _Conversation:
    """One exchange of frames; `outcome` holds what is known so far."""

    def __init__(self, worker: Worker, limits: Limits, listener: Listener, require_isolation: str) -> None:
        self.outcome = Outcome()
        self._require_isolation = require_isolation
        self.late = False
        self._channel = worker.channel
        self._limits = limits
        self._listener = listener
        self._deadline = 0.0
        self._console_lines = 0
        self._console_bytes = 0
        self._progress_events = 0
        self._frames_left = _FRAME_ALLOWANCE + limits.console_lines + limits.progress_events

    def run(self, request: bytes) -> None:
        """Hear that the worker is confined, send limits and request, take frames until the last or the deadline."""
        try:
            deadline = time.monotonic() + launch.START_SECONDS
            _, body = self._channel.receive(frames.READY, _SMALL_FRAME_BYTES, deadline)
            ready = frames.parse_object(body)
            isolation, engine = ready.get("isolation"), ready.get("engine")
            if not isinstance(isolation, dict) or not isinstance(engine, dict) or isolation.get("level") not in LEVELS:
                raise frames.ProtocolViolation("a greeting of another shape")
            self.outcome.isolation, self.outcome.engine = isolation, engine
            self._refuse_weak(isolation["level"], engine.get("name"))
            started = time.monotonic()
            self._deadline = started + self._limits.timeout_seconds + self._limits.grace_seconds
            try:
                self._converse(request)
            finally:
                self.outcome.duration_seconds = time.monotonic() - started
        except frames.Disconnected:
            pass  # How the process ended says why.
        except DeadlinePassed:
            self.late = True
        except frames.ProtocolViolation as violation:
            self.outcome.code = "engine_crash"
            self.outcome.details = {"reason": f"The worker sent {violation}"}

    def _refuse_weak(self, level: str, engine: Json) -> None:
        if LEVELS.index(level) < LEVELS.index(self._require_isolation):
            raise NotPermitted(
                f"The isolation of workers here is `{level}`, and `{self._require_isolation}` is required",
                hint="`ratchet doctor` says what is missing" + ("" if engine == "wasm" else _SECOND_WALL),
            )

    def _converse(self, request: bytes) -> None:
        messages = ((frames.LIMITS, _limits_frame(self._limits)), (frames.REQUEST, request))
        self._channel.send_all(messages, self._deadline)
        kinds = frames.CONSOLE + frames.PROGRESS + frames.ASK + frames.ABANDON
        kinds += frames.TRACE + frames.RAN + frames.REPORT + frames.RESULT + frames.ERROR
        largest = max(self._limits.worker_frame_bytes, self._limits.output_bytes)
        while True:
            kind, payload = self._channel.receive(kinds, largest, self._deadline)
            self._frames_left -= 1
            if self._frames_left < 0:
                self.outcome.code = "count_limit"
                self.outcome.details = {"what": "messages", "limit": _FRAME_ALLOWANCE}
                return
            if self._take(kind, payload):
                return

    def _take(self, kind: bytes, payload: bytes) -> bool:
        """Act on one frame; tell whether it was the last."""
        if kind == frames.CONSOLE:
            self._take_console(*frames.parse_console(payload))
        elif kind == frames.PROGRESS:
            self._progress_events += 1
            if self._progress_events <= self._limits.progress_events:
                report = frames.parse_progress(payload)
                if is_deeper_than(report["data"], DEEPEST):
                    report["data"] = None  # Who writes the execution down would fail on it.
                self._listener.progress(report)
        elif kind == frames.ASK:
            identity, subject, question = frames.parse_question(payload)
            self._listener.ask(identity, subject, question, lambda value: self._answer(identity, value))
        elif kind == frames.ABANDON:
            self._listener.abandon(frames.parse_count(payload))
        elif kind in (frames.TRACE, frames.RAN, frames.REPORT):
            self._take_account(kind, payload)
        elif kind == frames.RESULT:
            self._take_result(payload)
            return True
        else:
            self._take_error(frames.parse_object(payload))
            return True
        return False

    def _take_account(self, kind: bytes, payload: bytes) -> None:
        """Keep what the worker says at the end of what has happened."""
        if kind == frames.TRACE:
            self.outcome.trace = frames.parse_trace(payload)
        elif kind == frames.RAN:
            self.outcome.ran = frames.parse_ran(payload)
        else:
            self._take_report(frames.parse_object(payload))

    def _answer(self, identity: int, value: Json) -> None:
        try:
            self._channel.send(frames.ANSWER, frames.pack_answer(identity, value), self._deadline)
        except (frames.Disconnected, DeadlinePassed, ValueError):
            return  # The worker has ended; `run` sees that too.

    def _take_console(self, level: str, time_ms: int, text: str) -> None:
        self._console_lines += 1
        self._console_bytes += len(text)
        within = self._console_lines <= self._limits.console_lines and self._console_bytes <= self._limits.console_bytes
        if within:
            self._listener.console(level, time_ms, text)
        else:
            self.outcome.console_dropped += 1

    def _take_report(self, report: JsonObject) -> None:
        for name in ("cpu_ms", "memory_peak_bytes"):
            if _is_count(report.get(name)):
                self.outcome.used[name] = report[name]
        if _is_count(report.get("console_dropped")):
            self.outcome.console_dropped += report["console_dropped"]

    def _take_result(self, payload: bytes) -> None:
        if len(payload) > self._limits.output_bytes:
            self.outcome.code = "output_limit"
            self.outcome.details = {"bytes": len(payload)}
        else:
            self.outcome.body = payload

    def _take_error(self, details: JsonObject) -> None:
        code = details.pop("code", None)
        if type(code) is not str or code not in _CODES:
            raise frames.ProtocolViolation(f"an error with the code {str(code)[:40]!r}")
        self.outcome.code = code
        self.outcome.details = details


def _is_count(value: Json) -> bool:
    return type(value) is int and 0 <= value < 1 << 53


@functools.lru_cache(maxsize=64)
def _limits_frame(limits: Limits) -> bytes:
    return json.dumps({name: getattr(limits, name) for name in limits._fields}).encode()


def _explain(outcome: Outcome, ending: Ending, late: bool, limits: Limits) -> None:
    """Name the end of a worker that said nothing more."""
    name = signal.Signals(ending.signal).name if ending.signal else ""
    spent = outcome.duration_seconds
    if outcome.isolation is None:
        outcome.code = "unavailable"
        outcome.details = {"reason": "The worker did not start" + (f" ({name})" if name and not late else "")}
    elif late or name in _TIME_SIGNALS or spent >= limits.timeout_seconds:
        outcome.code = "time_limit"
    elif name == "SIGKILL":
        # Not from here: the kernel, for processor time beyond the hard limit or for memory.
        outcome.code = "time_limit" if spent >= limits.cpu_seconds else "memory_limit"
    else:
        outcome.code = "engine_crash"
        code = "nobody to tell how" if ending.exit_code is None else f"exit code {ending.exit_code}"
        outcome.details = {"reason": f"The worker ended with {name or code}"}
