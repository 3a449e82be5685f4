"""Whatever a worker sends, the host ends in a typed error and goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from ratchet import Limits, Runtime, run
from ratchet.execution.document import Execution
from ratchet.sandbox.channel import Channel, PolledStream
from ratchet.sandbox.pool import Pool
from ratchet.sandbox.workers import Ending
from tests.conftest import MakeTask

READY = {"isolation": {"level": "full"}, "engine": {"name": "fake", "version": "1"}}
RunFake = Callable[[bytes], Execution]


def frame(kind: str, value: Any = None, *, body: bytes | None = None, length: int | None = None) -> bytes:
    """Return a frame, with a length of its own if told."""
    payload = json.dumps(value).encode() if body is None else body
    return kind.encode("latin-1") + (len(payload) if length is None else length).to_bytes(4, "big") + payload


class FakeWorker:
    """A worker that has said everything before it is asked, and is gone."""

    def __init__(self, sent: bytes) -> None:
        ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        self._theirs.sendall(sent)
        self._theirs.shutdown(socket.SHUT_WR)
        descriptor = ours.detach()
        self.channel = Channel(PolledStream(descriptor, descriptor))
        self.closed = False

    def kill(self) -> None:
        """Nothing is left to kill."""

    def is_alive(self) -> bool:
        """Count as alive, so that the pool lends it."""
        return True

    def ending(self) -> Ending:
        """Say that it exited by itself."""
        return Ending(exit_code=0)

    def close(self) -> None:
        """Close both ends."""
        self.channel.close()
        self._theirs.close()
        self.closed = True


@pytest.fixture
def run_fake(make_task: MakeTask) -> RunFake:
    """Return a function that runs a task in a worker that sends these bytes."""

    def run_it(sent: bytes) -> Execution:
        worker = FakeWorker(sent)
        with Runtime(pool=Pool(maximum=1)) as runtime:
            runtime.pool.add(worker)
            execution = run(runtime, make_task("() => 1"), None, limits=Limits(output_bytes=1000))
        assert worker.closed
        return execution

    return run_it


def test_frames_in_order_complete(run_fake: RunFake) -> None:
    execution = run_fake(
        frame("I", READY)
        + frame("C", ["log", 3, "hello"])
        + frame("P", {"fraction": 0.5, "step": None, "message": None, "data": {"a": 1}})
        + frame("J", {"cpu_ms": 5, "memory_peak_bytes": 7, "console_dropped": 2})
        + frame("R", [1])
    )
    assert (execution.output, execution.console[0].text, execution.console_dropped) == ([1], "hello", 2)
    assert execution.used == {"cpu_ms": 5, "memory_peak_bytes": 7, "fetches": 0, "output_bytes": 3}


HELLO = frame("I", READY)
BROKEN = {
    "an unknown kind": HELLO + frame("Z", 1),
    "a kind that only the host sends": HELLO + frame("Q", 1),
    "a NUL": HELLO + b"\0" * 5,
    "a length beyond the limit": HELLO + frame("C", ["log", 1, "x"], length=2**32 - 1),
    "a console frame that is no JSON": HELLO + frame("C", body=b"{"),
    "a console frame that is no UTF-8": HELLO + frame("C", body=b'["log", 1, "\xff"]'),
    "a console frame of two": HELLO + frame("C", ["log", 1]),
    "a console frame with another level": HELLO + frame("C", ["fatal", 1, "x"]),
    "a console frame with a level that is no text": HELLO + frame("C", [["log"], 1, "x"]),
    "a console frame with a negative time": HELLO + frame("C", ["log", -1, "x"]),
    "a console frame with a time that is true": HELLO + frame("C", ["log", True, "x"]),
    "a console frame with a number for a text": HELLO + frame("C", ["log", 1, 2]),
    "a progress frame that is a list": HELLO + frame("P", []),
    "a progress frame with a fraction of 2": HELLO
    + frame("P", {"fraction": 2, "step": None, "message": None, "data": 1}),
    "a progress frame with a text as fraction": HELLO
    + frame("P", {"fraction": "1", "step": None, "message": None, "data": 1}),
    "a progress frame with NaN": HELLO
    + frame("P", body=b'{"fraction": NaN, "step": null, "message": null, "data": 1}'),
    "a progress frame with a number beyond what Python holds": HELLO
    + frame("P", body=b'{"fraction": 1, "step": null, "message": null, "data": 1e400}'),
    "a progress frame with one more key": HELLO
    + frame("P", {"fraction": 1, "step": None, "message": None, "data": 1, "x": 1}),
    "a report that is a text": HELLO + frame("J", "x"),
    "an error that is a list": HELLO + frame("E", []),
    "an error of an unknown code": HELLO + frame("E", {"code": "cancelled"}),
    "an error of a code that is no text": HELLO + frame("E", {"code": [1]}),
    "an error without a code": HELLO + frame("E", {}),
    "JSON nested too deeply": HELLO + frame("E", body=b"[" * 100_000),
    "an integer of too many digits": HELLO + frame("J", body=b'{"cpu_ms": ' + b"9" * 5000 + b"}"),
    "a second greeting": HELLO + HELLO,
    "a greeting that is no object": frame("I", []),
    "a greeting without an engine": frame("I", {"isolation": {}}),
    "a greeting with a text as engine": frame("I", {"isolation": {}, "engine": "dukpy"}),
    "a result before the greeting": frame("R", 1),
    "half a header": HELLO + b"R\0",
    "half a frame": HELLO + frame("R", body=b"1", length=5),
    "an end after the greeting": HELLO,
    "an end after a report": HELLO + frame("J", {}),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
def test_broken_conversation_is_an_engine_crash(run_fake: RunFake, sent: bytes) -> None:
    execution = run_fake(sent)
    assert execution.error is not None
    assert (execution.status, execution.error.code) == ("failed", "engine_crash")
    assert execution.error.message.startswith("The JavaScript engine crashed. The worker ")
    json.dumps(execution.to_json(), allow_nan=False)


def test_worker_that_never_greets_is_unavailable(run_fake: RunFake) -> None:
    execution = run_fake(b"")
    assert execution.error is not None
    assert execution.error.code == "unavailable"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"NaN", b"[Infinity]", b"[-1e400]", b"\xff", '"x"'.encode("utf-16"), b"1 2", b"9" * 900 + b"]"]
)
def test_result_that_is_no_json_is_invalid_output(run_fake: RunFake, body: bytes) -> None:
    execution = run_fake(HELLO + frame("R", body=body))
    assert execution.error is not None
    assert execution.error.code == "invalid_output"


def test_result_beyond_the_limit_is_refused_by_the_host_too(run_fake: RunFake) -> None:
    execution = run_fake(HELLO + frame("R", "x" * 999))
    assert execution.error is not None
    assert execution.error.code == "output_limit"


def test_lines_beyond_the_limit_are_dropped_by_the_host_too(run_fake: RunFake) -> None:
    execution = run_fake(HELLO + frame("C", ["log", 0, "x"]) * 1100 + frame("R", 1))
    assert (execution.output, len(execution.console), execution.console_dropped) == (1, 1000, 100)


def test_endless_frames_are_a_count_limit(run_fake: RunFake) -> None:
    execution = run_fake(HELLO + frame("J", {}) * 2300)
    assert execution.error is not None
    assert execution.error.code == "count_limit"


def test_fields_of_an_error_that_do_not_fit_are_left_out(run_fake: RunFake) -> None:
    odd = {
        "code": "script_error",
        "name": 5,
        "message": ["x"],
        "stack": {},
        "status": "404",
        "js_code": 7,
        "cause": [1],
    }
    execution = run_fake(HELLO + frame("E", odd))
    assert execution.error is not None
    error = execution.error
    assert (error.code, error.name, error.message, error.stack, error.status, error.details) == (
        "script_error",
        None,
        "",
        None,
        None,
        None,
    )


def test_progress_data_too_deep_to_be_written_down_is_left_out(run_fake: RunFake) -> None:
    body = b'{"fraction": 1, "step": null, "message": "m", "data": ' + b"[" * 700 + b"]" * 700 + b"}"
    execution = run_fake(HELLO + frame("P", body=body) + frame("R", 1))
    assert execution.progress == {"fraction": 1, "step": None, "message": "m", "data": None}


@pytest.mark.parametrize("figure", [-1, 2**53, 10**100, True, 1.5])
def test_figures_that_count_nothing_are_left_out(run_fake: RunFake, figure: Any) -> None:
    report = {"cpu_ms": figure, "memory_peak_bytes": figure, "console_dropped": figure}
    execution = run_fake(HELLO + frame("J", report) + frame("R", 1))
    assert (execution.used, execution.console_dropped) == ({"fetches": 0, "output_bytes": 1}, 0)
