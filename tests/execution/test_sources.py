"""Texts that are made to be hard to read are refused, and hold nobody for long."""

from __future__ import annotations

import time

import pytest

from ratchet import Limits, Runtime, Task, run
from ratchet.errors import InvalidTask, Unavailable
from ratchet.execution.check import check_sources
from ratchet.sandbox.pool import Pool
from ratchet.task.siblings import sibling_finder
from ratchet.values import Place
from tests.conftest import MakeTask
from tests.sandbox.test_malformed_frames import HELLO, FakeWorker, frame

# The parser tries each parenthesis as a parameter list first, so that every level doubles its work.
SLOW = "export default () => 1;\n" + "(a=" * 24 + "1" + ")=>1" * 24
QUICK = "export default (n: number) => n + 1;\n"


@pytest.fixture
def slow(make_task: MakeTask) -> Task:
    return make_task({"main.ts": SLOW})


def test_typescript_that_takes_too_long_to_read_is_refused(runtime: Runtime, slow: Task) -> None:
    limits = Limits(timeout_seconds=0.5, grace_seconds=0.5)
    with pytest.raises(InvalidTask, match=r"main\.ts` takes too long to read") as refusal:
        run(runtime, slow, None, limits=limits)
    assert refusal.value.place == Place(slow.path_of("main.ts"))


def test_typescript_that_takes_too_long_to_read_is_a_problem_of_the_task(slow: Task) -> None:
    with Runtime(pool=Pool(maximum=1), limits=Limits(timeout_seconds=0.5, grace_seconds=0.5)) as hasty:
        (problem,) = check_sources(hasty, slow)
    assert problem.message == f"`{slow.path_of('main.ts')}` takes too long to read"


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"1e400", b"9" * 5000], ids=["half", "deep", "huge", "long"])
def test_answer_that_is_no_json_is_no_bug(body: bytes) -> None:
    with Runtime(pool=Pool(maximum=1)) as runtime:
        runtime.pool.add(FakeWorker(HELLO + frame("R", body=body)))
        with pytest.raises(Unavailable, match=r"`x\.js` could not be read: the worker sent a frame that is not JSON"):
            runtime.read_source("vendor/acorn.js", "inspect.js", {}, place=Place("x.js"), ends=time.monotonic() + 30)


def test_called_typescript_waits_for_no_place_that_its_caller_holds(make_task: MakeTask) -> None:
    make_task({"main.ts": QUICK}, name="next")
    source = "export default (n, context) => context.call('next', n)"
    caller = make_task(source, name="caller", permissions={"tasks": ["next"]})
    with Runtime(pool=Pool(maximum=1)) as narrow:
        limits = Limits(timeout_seconds=60)
        assert run(narrow, caller, 1, limits=limits, find_task=sibling_finder(caller.location)).output == 2
