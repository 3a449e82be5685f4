"""Two hundred floods at a time do not keep the host from its user."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import MakeTask
from tests.sandbox.processes import PATIENCE_SECONDS, assert_gone, watch_descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a zygote")

ROOT = Path(__file__).parents[2]
FLOODS = {
    "lines": "() => { for (;;) console.log('x'.repeat(100)) }",
    "reports": "() => { for (;;) reportProgress({ progress: 0.5, message: 'x'.repeat(100) }) }",
    "timers": "() => new Promise(() => { const again = () => { console.log('x'); setTimeout(again, 0) }; again() })",
    "questions": "(input, context) => { for (;;) context.call('other', { text: 'x'.repeat(100) }).catch(() => {}) }",
}
HOST = """
import signal, sys, threading
from contextlib import suppress
from ratchet.errors import Cancelled
from ratchet import Limits, Runtime, load_task, run
from ratchet.execution.listener import Silent
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import Pool

# Whoever starts the tests in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
many, *folders = sys.argv[1:]
cancellations = [Cancellation() for _ in range(int(many))]
runtime = Runtime(pool=Pool("zygote", maximum=len(cancellations)), limits=Limits(timeout_seconds=300, cpu_seconds=300))
tasks = [load_task(folder) for folder in folders]
begun = threading.Semaphore(0)

class Begun(Silent):
    def console(self, line): begun.release()
    def progress(self, report): begun.release()

def flood(number, cancellation):
    with suppress(Cancelled):
        run(runtime, tasks[number % len(tasks)], None, listener=Begun(), cancellation=cancellation)

threads = [threading.Thread(target=flood, args=each) for each in enumerate(cancellations)]
try:
    for thread in threads:
        thread.start()
    heard = 0
    while heard < 2000 and any(thread.is_alive() for thread in threads):
        heard += begun.acquire(timeout=1)
    print("flooded" if heard == 2000 else "ended", flush=True)
    for thread in threads:
        while thread.is_alive():
            # A signal that comes right before a wait without an end does not end it.
            thread.join(0.5)
except KeyboardInterrupt:
    print("answered", flush=True)
    for cancellation in cancellations:
        cancellation.cancel()
    for thread in threads:
        thread.join()
    runtime.close()
    sys.exit(130)
"""


def test_ctrl_c_is_answered_under_200_floods(make_task: MakeTask) -> None:
    folders = [make_task(source, name=name).location for name, source in FLOODS.items()]
    command = [sys.executable, "-c", HOST, "200", *folders]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as host:
        try:
            assert host.stdout is not None
            assert host.stdout.readline() == "flooded\n"
            watched = watch_descendants(host.pid)
            asked = time.monotonic()
            host.send_signal(signal.SIGINT)
            assert host.stdout.readline() == "answered\n"
            # A second, and what a busy machine may take besides.
            assert time.monotonic() - asked < 1 + 2.5
            assert host.wait(PATIENCE_SECONDS) == 130
        finally:
            host.kill()
    assert len(watched) > 1
    assert_gone(watched)
