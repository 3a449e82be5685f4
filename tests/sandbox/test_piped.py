"""Workers over plain pipes and threads, the way of systems that can neither fork nor wait for a pipe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ratchet import Limits, Runtime, run
from ratchet.errors import NotPermitted
from ratchet.execution.listener import Silent
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import Pool
from ratchet.task.siblings import sibling_finder
from tests.conftest import MakeTask


@pytest.fixture(scope="module")
def piped() -> Iterator[Runtime]:
    with Runtime(pool=Pool("piped")) as runtime:
        yield runtime


def test_task_runs_and_waits_for_its_timers(piped: Runtime, make_task: MakeTask) -> None:
    task = make_task("async (n) => { await new Promise((done) => setTimeout(done, 20)); return n + 1 }")
    assert run(piped, task, 41).output == 42


def test_large_input_and_output_pass_through_the_pipes(piped: Runtime, make_task: MakeTask) -> None:
    text = "x" * 2_000_000
    assert run(piped, make_task("(text) => text"), text).output == text


def test_answers_reach_a_waiting_worker(piped: Runtime, make_task: MakeTask) -> None:
    make_task("(n) => n * 2", name="double")
    source = "export default (n, context) => context.call('double', n)"
    caller = make_task(source, name="caller", permissions={"tasks": ["double"]})
    assert run(piped, caller, 21, find_task=sibling_finder(caller.location)).output == 42


def test_native_loop_that_never_polls_is_killed(piped: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)")
    execution = run(piped, task, None, limits=Limits(timeout_seconds=0.5, grace_seconds=0.5))
    assert execution.error is not None
    assert execution.error.code == "time_limit"


def test_cancelling_ends_the_worker(piped: Runtime, make_task: MakeTask) -> None:
    cancellation = Cancellation()

    class CancelAtFirstLine(Silent):
        def console(self, line: object) -> None:
            cancellation.cancel()

    task = make_task("() => { console.log('here'); for (;;); }")
    execution = run(piped, task, None, listener=CancelAtFirstLine(), cancellation=cancellation)
    assert execution.status == "cancelled"


def test_isolation_below_the_required_level_is_refused(make_task: MakeTask) -> None:
    # A worker with a thread is only partly bound by Landlock.
    with Runtime(pool=Pool("piped"), require_isolation="full") as strict:
        with pytest.raises(
            NotPermitted, match="isolation of workers here is `partial`, and `full` is required"
        ) as refusal:
            run(strict, make_task("() => 1"), None)
        assert refusal.value.hint == (
            "`ratchet doctor` says what is missing; where that cannot be had, `execution.engine: wasm` keeps bugs of"
            " the engine from the worker, and less isolation can be required"
        )
    with Runtime(pool=Pool("piped", engine="wasm"), require_isolation="full") as strict:
        with pytest.raises(NotPermitted) as refusal:
            run(strict, make_task("() => 1"), None)
        assert refusal.value.hint == "`ratchet doctor` says what is missing"
    with Runtime(pool=Pool("piped"), require_isolation="partial") as content:
        assert run(content, make_task("() => 1"), None).output == 1
