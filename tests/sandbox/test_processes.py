"""Workers begin, end and disappear as they should, whatever happens to the process that started them."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ratchet import Limits, Runtime, run
from ratchet.errors import Cancelled, Unavailable
from ratchet.execution.document import ConsoleLine, Execution
from ratchet.execution.listener import Silent
from ratchet.sandbox import frames
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.channel import DeadlinePassed
from ratchet.sandbox.pool import SOURCES, Pool, open_source
from tests.conftest import MakeTask
from tests.sandbox.processes import (
    PATIENCE_SECONDS,
    assert_gone,
    children_of,
    descendants_of,
    open_descriptors,
    resident_bytes,
    watch_descendants,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and only Linux has a zygote")

ROOT = Path(__file__).parents[2]
# Says that it runs, then never comes back to the interpreter's own checks.
NATIVE_LOOP = "() => { console.log('running'); return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) }"
HOST = """
import signal, sys
from ratchet import Limits, Runtime, load_task, run
from ratchet.execution.listener import Silent
from ratchet.sandbox.pool import Pool

class Announcer(Silent):
    def console(self, line):
        print(line.text, flush=True)

# Whoever starts the tests in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
kind, folder = sys.argv[1:]
with Runtime(pool=Pool(kind, minimum=1)) as runtime:
    limits = Limits(timeout_seconds=60, cpu_seconds=60)
    run(runtime, load_task(folder), None, listener=Announcer(), limits=limits)
"""
HOSTS = {"run-once": 1, "zygote": 2, "spawn": 2, "piped": 2}
"""How many processes each has at least: a worker at work, and the zygote or a worker that waits."""
CONFORMANCE = {
    "completes": ("(input) => ({ doubled: input * 2 })", None),
    "throws": ("() => { throw new Error('x') }", "script_error"),
    "loops": ("() => { for (;;); }", "time_limit"),
    "loops natively": (NATIVE_LOOP, "time_limit"),
    "takes all memory": ("() => { const a = []; for (;;) a.push(new Array(1000).fill(1)) }", "memory_limit"),
    "never settles": ("() => new Promise(() => {})", "never_settled"),
    "waits": ("() => new Promise((resolve) => setTimeout(resolve, 5, 1))", None),
    "returns too much": ("() => 'x'.repeat(5e6)", "output_limit"),
}


class Started(Silent):
    """A listener that lets a test wait for the task's first line."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def console(self, line: ConsoleLine) -> None:
        """Note that the task runs."""
        self.event.set()


class Background:
    """An execution in a thread of its own."""

    def __init__(self, runtime: Runtime, make_task: MakeTask, source: str, *, name: str = "probe") -> None:
        self.cancellation = Cancellation()
        self.listener = Started()
        self.execution: Execution | None = None
        self.error: BaseException | None = None
        task = make_task(source, name=name)

        def target() -> None:
            try:
                self.execution = run(runtime, task, None, listener=self.listener, cancellation=self.cancellation)
            except BaseException as error:
                self.error = error

        self.thread = threading.Thread(target=target)
        self.thread.start()

    def join(self) -> None:
        """Wait for its end."""
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()


@pytest.fixture(params=SOURCES)
def own_runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """Return a runtime of this test's own, from every source of workers in turn."""
    with Runtime(pool=Pool(request.param, maximum=1)) as runtime:
        yield runtime


@pytest.mark.parametrize(("source", "code"), CONFORMANCE.values(), ids=CONFORMANCE.keys())
def test_every_source_of_workers_does_the_same(
    own_runtime: Runtime, make_task: MakeTask, source: str, code: str | None
) -> None:
    wall = 0.5 if code == "time_limit" else 90
    limits = Limits(timeout_seconds=wall, cpu_seconds=20, grace_seconds=0.1, memory_bytes=24 << 20)
    execution = run(own_runtime, make_task(source), 4, limits=limits)
    assert (execution.error and execution.error.code) == code
    assert execution.engine is not None
    assert (execution.engine["name"], execution.engine["isolation"]["level"]) == ("dukpy", "full")


def test_worker_in_advance_is_used(make_task: MakeTask) -> None:
    before = set(children_of(os.getpid()))
    with Runtime(pool=Pool("spawn", minimum=1, maximum=2)) as runtime:
        task = make_task("(input) => input")
        assert [run(runtime, task, number).output for number in range(4)] == [0, 1, 2, 3]
        began = set(children_of(os.getpid())) - before
        assert began
    assert set(children_of(os.getpid())) <= before


def test_cancelling_stops_a_native_loop(own_runtime: Runtime, make_task: MakeTask) -> None:
    background = Background(own_runtime, make_task, NATIVE_LOOP)
    assert background.listener.event.wait(PATIENCE_SECONDS)
    background.cancellation.cancel()
    background.join()
    assert background.execution is not None
    assert background.execution.error is not None
    assert (background.execution.status, background.execution.error.code) == ("cancelled", "cancelled")
    assert run(own_runtime, make_task("() => 1"), None).output == 1


def test_cancelled_before_it_began_runs_nothing(own_runtime: Runtime, make_task: MakeTask) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled, match="before it began"):
        run(own_runtime, make_task("() => 1"), None, cancellation=cancellation)


def test_full_pool_makes_the_next_execution_wait(own_runtime: Runtime, make_task: MakeTask) -> None:
    first = Background(own_runtime, make_task, NATIVE_LOOP, name="first")
    assert first.listener.event.wait(PATIENCE_SECONDS)
    second = Background(own_runtime, make_task, "() => { console.log('running'); return 2 }", name="second")
    third = Background(own_runtime, make_task, "() => 3", name="third")
    third.cancellation.cancel()
    third.join()
    assert isinstance(third.error, Cancelled)
    assert not second.listener.event.is_set()
    first.cancellation.cancel()
    second.join()
    assert second.execution is not None
    assert (second.execution.output, (second.execution.queued_ms or 0) >= 0) == (2, True)
    first.join()


def test_closed_pool_ends_what_runs_and_refuses_more(make_task: MakeTask) -> None:
    before = children_of(os.getpid())
    runtime = Runtime(pool=Pool(maximum=1))
    background = Background(runtime, make_task, NATIVE_LOOP)
    assert background.listener.event.wait(PATIENCE_SECONDS)
    watched = watch_descendants(os.getpid(), besides=before)
    runtime.close()
    background.join()
    assert background.execution is not None
    assert background.execution.status == "failed"
    with pytest.raises(Unavailable, match="shut down"):
        run(runtime, make_task("() => 1"), None)
    assert_gone(watched)


def test_killed_zygote_is_replaced(make_task: MakeTask) -> None:
    before = set(children_of(os.getpid()))
    with Runtime(pool=Pool("zygote")) as runtime:
        task = make_task("() => 1")
        assert run(runtime, task, None).output == 1
        (zygote,) = set(children_of(os.getpid())) - before
        os.kill(zygote, signal.SIGKILL)
        os.waitid(os.P_PID, zygote, os.WEXITED | os.WNOWAIT)
        assert run(runtime, task, None).output == 1


def test_zygote_killed_while_a_task_runs_is_a_typed_end(make_task: MakeTask) -> None:
    before = set(children_of(os.getpid()))
    with Runtime(pool=Pool("zygote")) as runtime:
        background = Background(runtime, make_task, NATIVE_LOOP)
        assert background.listener.event.wait(PATIENCE_SECONDS)
        (zygote,) = set(children_of(os.getpid())) - before
        watched = watch_descendants(zygote)
        assert len(watched) == 1
        os.kill(zygote, signal.SIGKILL)
        background.join()
        assert background.execution is not None
        assert background.execution.error is not None
        assert background.execution.error.code == "engine_crash"
        assert_gone(watched)


def test_many_executions_leave_no_descriptor_no_memory_and_no_process(make_task: MakeTask) -> None:
    before = set(children_of(os.getpid()))
    with Runtime(pool=Pool("zygote", maximum=1)) as runtime:
        task, failing = make_task("(input) => input"), make_task("() => { throw 1 }", name="failing")
        for number in range(30):
            run(runtime, task, number)
        descriptors, memory = open_descriptors(), resident_bytes()
        for number in range(85):
            run(runtime, task, number)
            run(runtime, failing, number)
        # The pool that other tests share may have closed some meanwhile.
        assert open_descriptors() <= descriptors
        assert resident_bytes() - memory < 4 << 20
        (zygote,) = set(children_of(os.getpid())) - before
        assert_gone(watch_descendants(zygote))
    assert set(children_of(os.getpid())) <= before


def test_workers_yield_to_their_host(own_runtime: Runtime, make_task: MakeTask) -> None:
    before = children_of(os.getpid())
    background = Background(own_runtime, make_task, NATIVE_LOOP)
    assert background.listener.event.wait(PATIENCE_SECONDS)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    started = descendants_of(os.getpid(), besides=before)
    assert {os.getpriority(os.PRIO_PROCESS, process) - own for process in started} == {5}
    background.cancellation.cancel()
    background.join()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("host", HOSTS)
def test_no_worker_outlives_its_host(make_task: MakeTask, host: str, end: signal.Signals) -> None:
    folder = make_task(NATIVE_LOOP).location
    with start_host(host, folder) as process:
        wait_for_line(process, host)
        watched = watch_descendants(process.pid)
        assert len(watched) >= HOSTS[host]
        process.send_signal(end)
        process.wait(PATIENCE_SECONDS)
        # A second, and what a busy machine may take besides.
        assert_gone(watched, seconds=1 + 2.5)


def test_interrupted_run_once_exits_130_and_says_so(make_task: MakeTask) -> None:
    with start_host("run-once", make_task(NATIVE_LOOP).location, "--json") as process:
        wait_for_line(process, "run-once")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    document = json.loads(output)
    assert (document["status"], document["error"]["code"]) == ("cancelled", "cancelled")
    assert [line["text"] for line in document["console"]] == ["running"]


def start_host(kind: str, folder: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a real host that runs a task, from the command line or with a zygote of its own."""
    command = ["-m", "ratchet", "run-once", folder, "--timeout", "60", *arguments]
    if kind != "run-once":
        command = ["-c", HOST, kind, folder]
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_line(process: subprocess.Popen[str], kind: str) -> None:
    """Read until the task has said that it runs; the command line says it on stderr."""
    stream = process.stderr if kind == "run-once" else process.stdout
    assert stream is not None
    assert "running" in stream.readline()


@pytest.mark.parametrize("kind", ["spawn", "zygote"])
def test_worker_that_reads_nothing_holds_nobody(kind: str) -> None:
    before = children_of(os.getpid())
    source = open_source(kind, "dukpy")
    worker = source.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    worker.channel.send(frames.CONFINE, b'{"memory_bytes": 100000000, "cpu_seconds": 20}', deadline)
    worker.channel.receive(frames.READY, 65536, deadline)
    for process in descendants_of(os.getpid(), besides=before):
        if not children_of(process):
            os.kill(process, signal.SIGSTOP)
    ends: list[type[BaseException]] = []
    began = threading.Event()

    def send() -> None:
        began.set()
        try:
            worker.channel.send(frames.ANSWER, bytes(8 << 20), deadline)
        except (frames.Disconnected, DeadlinePassed) as error:
            ends.append(type(error))

    sender = threading.Thread(target=send)
    sender.start()
    assert began.wait(PATIENCE_SECONDS)
    worker.close()
    sender.join()
    source.close()
    assert ends == [frames.Disconnected]


def test_zygote_without_room_for_another_worker_goes_on(make_task: MakeTask) -> None:
    before = set(children_of(os.getpid()))
    with Runtime(pool=Pool("zygote")) as runtime:
        task = make_task("() => 1")
        assert run(runtime, task, None).output == 1
        (zygote,) = set(children_of(os.getpid())) - before
        soft, hard = resource.prlimit(zygote, resource.RLIMIT_NOFILE)
        resource.prlimit(zygote, resource.RLIMIT_NOFILE, (3, hard))
        crowded = run(runtime, task, None)
        assert crowded.error is not None
        assert crowded.error.code == "unavailable"
        resource.prlimit(zygote, resource.RLIMIT_NOFILE, (soft, hard))
        assert run(runtime, task, None).output == 1
        assert set(children_of(os.getpid())) - before == {zygote}
