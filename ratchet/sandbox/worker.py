"""What runs inside a worker: confine itself, take one request, send frames, exit.

Started as `python -I -S` with an empty environment; see `launch`. The engine is built before the request is known, so
that a worker can wait warm.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from ratchet.engine import Engine, EngineFault
from ratchet.engine.memory import peak_bytes
from ratchet.engine.prelude import Prelude
from ratchet.engine.reading import answer_reading
from ratchet.engine.session import Session
from ratchet.sandbox import confine, frames
from ratchet.sandbox.inbox import Inbox

_OUTPUT = 1


class Outbox:
    """The worker's end of the channel, outwards: writes frames, and knows whether one is half written."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.writing = False
        self.trace: Callable[[], Mapping[str, Any] | None] = lambda: None
        self.ran: Callable[[], Sequence[int]] = list

    def console(self, level: str, time_ms: int, text: str) -> None:
        """Send one line of the console."""
        self._send(frames.CONSOLE, json.dumps([level, time_ms, text]).encode())

    def progress(self, report: Mapping[str, Any]) -> None:
        """Send one progress report."""
        self._send(frames.PROGRESS, json.dumps(report).encode())

    def ask(self, question: str) -> None:
        """Send a question of the task's; `wait` brings the answer."""
        self._send(frames.ASK, question.encode("utf-8", "surrogatepass"))

    def abandon(self, identity: int) -> None:
        """Say that an answer is not wanted any more."""
        self._send(frames.ABANDON, str(identity).encode())

    def wait(self, seconds: float | None) -> tuple[int, str] | None:
        """Return the next answer of the host with the number of its question, None when the time is over first."""
        answer = self._inbox.take(frames.ANSWER, seconds)
        return None if answer is None else frames.unpack_answer(answer)

    def ready(self, isolation: Mapping[str, Any], engine: Engine) -> None:
        """Say how far the confinement got, and which engine waits."""
        body = {"isolation": isolation, "engine": {"name": engine.name, "version": engine.version}}
        self._send(frames.READY, json.dumps(body).encode())

    def finish(self, kind: bytes, body: bytes, dropped_lines: int) -> NoReturn:
        """Send the report and the last frame in one write, and exit without any tidying."""
        report = {**_usage(), "console_dropped": dropped_lines}
        trace = self.trace()
        head = b"" if trace is None else frames.pack(frames.TRACE, json.dumps(trace).encode())
        ran = self.ran()
        if ran:
            head += frames.pack(frames.RAN, json.dumps(ran).encode())
        self._write(head + frames.pack(frames.REPORT, json.dumps(report).encode()) + frames.pack(kind, body))
        os._exit(0)

    def _send(self, kind: bytes, body: bytes) -> None:
        self._write(frames.pack(kind, body))

    def _write(self, data: bytes) -> None:
        self.writing = True
        view = memoryview(data)
        while view:
            view = view[os.write(_OUTPUT, view) :]
        self.writing = False


def run_worker(engine: Engine, prelude: Prelude, inbox: Inbox) -> NoReturn:
    """Confine this process, which can be long before there is work; then take one request and run it to its end."""
    outbox = Outbox(inbox)
    try:
        bounds = json.loads(inbox.take(frames.CONFINE) or b"")
        isolation = confine.confine(memory_bytes=_limit_memory(engine, bounds), cpu_seconds=bounds["cpu_seconds"])
        outbox.ready(isolation.to_json(), engine)
        limits = json.loads(inbox.take(frames.LIMITS) or b"")
        body = inbox.take(frames.REQUEST) or b""
        _arm_clock(outbox, limits["timeout_seconds"])
        _answer(engine, prelude, outbox, body, limits)
    except frames.Disconnected:
        os._exit(0)
    except MemoryError:
        outbox.finish(frames.ERROR, b'{"code": "memory_limit"}', 0)
    except EngineFault as fault:
        outbox.finish(frames.ERROR, json.dumps({"code": "engine_crash", "reason": f"{fault}"}).encode(), 0)
    except Exception as error:
        # A bug of ours, but the task may have provoked it: it ends this execution and says what it was.
        reason = f"The worker failed with {type(error).__name__}: {error}"
        outbox.finish(frames.ERROR, json.dumps({"code": "engine_crash", "reason": reason[:2000]}).encode(), 0)


def _limit_memory(engine: Engine, bounds: Mapping[str, Any]) -> int | None:
    """Return what the process has to be held to; None where its size is unknown and the engine holds the task."""
    held = engine.limit_memory(bounds["memory_bytes"])
    return None if held and sys.platform == "darwin" else bounds["memory_bytes"]


def _answer(engine: Engine, prelude: Prelude, outbox: Outbox, body: bytes, limits: Mapping[str, Any]) -> NoReturn:
    request, value = frames.unpack_request(body)
    del body
    if request["kind"] == "run":
        Session(engine, prelude, outbox, request, value.decode(), limits).run()
    outbox.finish(*answer_reading(engine, request), 0)


def _arm_clock(outbox: Outbox, seconds: float) -> None:
    """Set the worker's own clocks; the parent's SIGKILL is the one that cannot fail.

    The handler reports and exits: one that raised would be an error the task can catch. It does not run while the
    engine is inside a native loop, so a second timer, on processor time, has the default action, which is death.
    """
    if not hasattr(signal, "setitimer"):
        return

    def expire(_signal: int, _frame: object) -> None:
        if outbox.writing:
            os._exit(0)
        outbox.finish(frames.ERROR, b'{"code": "time_limit"}', 0)

    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_PROF, seconds + 1)


def _usage() -> dict[str, int]:
    used = {"cpu_ms": round(time.process_time() * 1000)}
    peak = peak_bytes()
    return used if peak is None else {**used, "memory_peak_bytes": peak}
