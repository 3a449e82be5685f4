"""A hundred thousand mutated frames from a worker that is no longer ours: the host ends each in a named error."""

from __future__ import annotations

import json
import random
import signal

import pytest

from ratchet import Limits, Runtime, Task, run
from ratchet.errors import RatchetError, code_of, error_classes
from ratchet.execution.document import ConsoleLine, Execution
from ratchet.execution.listener import Silent
from ratchet.sandbox import frames
from ratchet.sandbox.channel import Channel, DeadlinePassed
from ratchet.sandbox.pool import Pool
from ratchet.sandbox.workers import Ending
from ratchet.values import JsonObject
from tests.conftest import MakeTask
from tests.sandbox.frame_mutations import conversation, mutate

MUTATED = 100_000
PARTS = 20
LIMITS = Limits(console_lines=20, progress_events=20, console_bytes=10_000, output_bytes=100_000)
CODES = {code_of(each) for each in error_classes()}
ENDINGS = (
    Ending(exit_code=0), Ending(exit_code=1), Ending(), Ending(signal=signal.SIGKILL), Ending(signal=signal.SIGSEGV),
    Ending(signal=signal.SIGABRT), Ending(signal=signal.SIGALRM),
)  # fmt: skip


class FedStream:
    """What a worker has sent, in pieces of any size; then it is gone, or says nothing more."""

    def __init__(self, choice: random.Random, sent: bytes) -> None:
        self._choice = choice
        self._left = memoryview(sent)
        self._hangs = choice.random() < 0.3

    def read(self, wanted: int, _deadline: float) -> bytes:
        """Return some bytes."""
        if not self._left:
            raise DeadlinePassed if self._hangs else frames.Disconnected
        piece = self._left[: self._choice.choice((1, 5, 64, wanted))]
        self._left = self._left[len(piece) :]
        return bytes(piece)

    def write(self, data: memoryview, _deadline: float) -> int:
        """Take everything."""
        return len(data)

    def close(self) -> None:
        """Hold nothing."""


class FedWorker:
    """A worker of whom only the channel is there."""

    def __init__(self, choice: random.Random, sent: bytes) -> None:
        self.channel = Channel(FedStream(choice, sent))
        self._ending = choice.choice(ENDINGS)
        self.closed = False

    def is_alive(self) -> bool:
        """It waits to be lent."""
        return True

    def kill(self) -> None:
        """Nothing is left to kill."""

    def ending(self) -> Ending:
        """Say anything."""
        return self._ending

    def close(self) -> None:
        """Note that the host let go."""
        self.closed = True


class Counted(Silent):
    """Counts what comes through to whoever listens, and sees that it can be shown."""

    def __init__(self) -> None:
        self.lines = 0
        self.reports = 0

    def console(self, line: ConsoleLine) -> None:
        """Count a line."""
        self.lines += 1
        json.dumps(line._asdict())

    def progress(self, report: JsonObject) -> None:
        """Count a report."""
        self.reports += 1
        json.dumps(report, allow_nan=False)


def converse(runtime: Runtime, task: Task, choice: random.Random) -> Execution | RatchetError:
    """Run a task in a worker one of whose frames is mutated; check all that is known of any end."""
    talk = conversation(choice)
    at = choice.randrange(len(talk))
    sent = b"".join(mutate(choice, *each) if place == at else frames.pack(*each) for place, each in enumerate(talk))
    worker, heard = FedWorker(choice, sent), Counted()
    runtime.pool.add(worker)
    try:
        execution = run(runtime, task, None, limits=LIMITS, listener=heard)
    except RatchetError as error:
        return error
    finally:
        assert worker.closed
    assert (heard.lines, heard.reports) <= (LIMITS.console_lines, LIMITS.progress_events)
    assert len(execution.console) == heard.lines
    json.dumps(execution.to_json(), allow_nan=False)
    return execution


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_frames_end_in_an_output_or_a_named_error(make_task: MakeTask, part: int) -> None:
    choice = random.Random(part)
    task = make_task("() => 1")
    ends: set[str] = set()
    with Runtime(pool=Pool(maximum=1)) as runtime:
        for _ in range(MUTATED // PARTS):
            end = converse(runtime, task, choice)
            ends.add(end.status if isinstance(end, Execution) and end.error is None else end_code(end))
    assert ends <= {"completed", *CODES}
    assert {"completed", "script_error", "engine_crash", "time_limit"} <= ends


def end_code(end: Execution | RatchetError) -> str:
    """Return the code of an end that is no output."""
    if isinstance(end, RatchetError):
        return end.code
    assert end.error is not None
    return end.error.code
