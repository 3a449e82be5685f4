"""`context.call`: tasks that call tasks."""

from __future__ import annotations

import itertools
import os
import queue
import threading
import tracemalloc
from typing import Any

import pytest

from ratchet import Limits, Runtime, Task, run
from ratchet.errors import InvalidTask, NotFound
from ratchet.execution.calls import Calls, Parent
from ratchet.execution.document import ConsoleLine, Execution
from ratchet.execution.listener import Silent
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import Pool
from ratchet.task.siblings import sibling_finder
from tests.conftest import MakeTask

ON_EACH_ENGINE = True

CALL = "export default async (input, context) => context.call(input.task, input.value)"
REPORT = """
export default async (input, context) => {
  try {
    return await context.call(input.task, input.value);
  } catch (error) {
    return { name: error.name, message: error.message, code: error.code, status: error.status,
             typed: error instanceof RateLimitError };
  }
};
"""


def allow(*names: str) -> dict[str, Any]:
    return {"permissions": {"tasks": list(names)}}


def call(runtime: Runtime, task: Task, name: str, value: Any = None, limits: Limits | None = None) -> Execution:
    finder = sibling_finder(task.location)
    return run(runtime, task, {"task": name, "value": value}, limits=limits, find_task=finder)


def test_called_task_gets_the_input_and_its_output_comes_back(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("(input, context) => ({ doubled: input.n * 2, name: context.taskName })", name="double")
    caller = make_task(CALL, name="caller", **allow("double"))
    assert call(runtime, caller, "double", {"n": 21}).output == {"doubled": 42, "name": "double"}


def test_calls_run_side_by_side(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("(n) => new Promise((resolve) => setTimeout(() => resolve(n), 10))", name="later")
    source = "export default (n, context) => Promise.all([1, 2, 3].map((each) => context.call('later', each)))"
    caller = make_task(source, name="caller", **allow("later"))
    assert call(runtime, caller, "").output == [1, 2, 3]


def test_typed_error_of_the_called_task_can_be_caught_as_itself(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("() => { throw new RateLimitError('slow down') }", name="limited")
    caller = make_task(REPORT, name="caller", **allow("limited"))
    assert call(runtime, caller, "limited").output == {
        "name": "RateLimitError",
        "message": "slow down",
        "code": "script_error",
        "status": 429,
        "typed": True,
    }


def test_call_without_permission_says_which_line_would_allow_it(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("() => 1", name="other")
    caller = make_task(REPORT, name="caller")
    refusal = call(runtime, caller, "other").output
    assert refusal["code"] == "not_permitted"
    where = caller.path_of("metadata.json")
    assert refusal["message"] == f"The task may not call `other`: add it to `permissions.tasks` in `{where}`"


def test_call_of_a_task_that_is_not_there_is_not_found(runtime: Runtime, make_task: MakeTask) -> None:
    caller = make_task(REPORT, name="caller", **allow("gone"))
    assert call(runtime, caller, "gone").output["code"] == "not_found"


def test_input_that_does_not_fit_the_called_task_is_refused(runtime: Runtime, make_task: MakeTask) -> None:
    schema = {"items": {"type": "number"}}
    called = make_task({"main.js": "(n) => n", "input.schema.json": schema}, name="numbers")
    caller = make_task(REPORT, name="caller", **allow("numbers"))
    refusal = call(runtime, caller, "numbers", [1, "x"]).output
    assert refusal["code"] == "invalid_input"
    where = called.path_of("input.schema.json")
    assert refusal["message"] == f'The input does not fit `{where}`; /1: Expected a number, got the string `"x"`'


def test_circle_of_calls_is_refused(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("export default (n, context) => context.call('caller', n)", name="back", **allow("caller"))
    caller = make_task(REPORT, name="caller", **allow("back"))
    refusal = call(runtime, caller, "back")
    assert refusal.output["message"] == "The call of `caller` goes in a circle: caller → back → caller"


def test_calls_go_eight_deep_and_no_deeper(runtime: Runtime, make_task: MakeTask) -> None:
    for depth in range(9):
        source = f"export default (n, context) => context.call('level{depth + 1}', n)"
        make_task(source, name=f"level{depth}", **allow(f"level{depth + 1}"))
    bottom = make_task("(n) => n", name="level9")
    deep = make_task(CALL, name="start", **allow("level3", "level2"))
    assert call(runtime, deep, "level3", 5).output == 5
    assert bottom.name == "level9"
    too_deep = call(runtime, deep, "level2", 5)
    assert too_deep.error is not None
    assert too_deep.error.message == "Calls may be 8 deep"


def test_more_than_fifty_calls_are_refused(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("(n) => n", name="echo")
    source = """export default async (input, context) => {
      const results = await Promise.allSettled(Array.from({ length: 52 }, (_, n) => context.call('echo', n)));
      return results.filter((result) => result.status === 'rejected').map((result) => result.reason.code);
    }"""
    caller = make_task(source, name="caller", **allow("echo"))
    assert call(runtime, caller, "").output == ["count_limit", "count_limit"]


def test_caller_that_ends_takes_its_calls_with_it(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("() => new Promise((resolve) => setTimeout(resolve, 60_000))", name="slow")
    source = "export default (n, context) => { context.call('slow'); return 'done' }"
    caller = make_task(source, name="caller", **allow("slow"))
    assert call(runtime, caller, "").output == "done"


def test_called_task_has_only_the_time_that_its_caller_has_left(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("() => { for (;;); }", name="endless")
    caller = make_task(CALL, name="caller", **allow("endless"))
    execution = call(runtime, caller, "endless", limits=Limits(timeout_seconds=0.5, grace_seconds=0.5))
    assert execution.error is not None
    assert execution.error.code in ("time_limit", "script_error")


def test_called_task_waits_for_no_place_that_its_caller_holds(make_task: MakeTask) -> None:
    make_task("(n) => n", name="echo")
    caller = make_task(CALL, name="caller", **allow("echo"))
    with Runtime(pool=Pool(maximum=1)) as narrow:
        assert call(narrow, caller, "echo", 1).output == 1


def test_called_execution_names_its_parent(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("(n, context) => context.executionId", name="child")
    caller = make_task(
        "export default async (n, c) => [c.executionId, await c.call('child')]", name="c", **allow("child")
    )
    own, child = call(runtime, caller, "").output
    assert own != child


def test_finder_looks_beside_the_task_and_tells_broken_from_missing(
    make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make_task("() => 1", name="here")
    metadata = {"name": "another-name", "label": "Another", "version": "1.0.0"}
    make_task({"main.js": "() => 1", "metadata.json": metadata}, name="folder")
    find = sibling_finder(here.location)
    assert find("another-name").location.endswith("folder")
    with pytest.raises(NotFound, match="There is no task `another-nam`") as missing:
        find("another-nam")
    assert missing.value.hint == "Did you mean `another-name`?"
    monkeypatch.chdir(os.path.dirname(here.location))
    for near in ("here", "./here/"):
        assert sibling_finder(near)("another-name").location == "folder"
    monkeypatch.chdir(here.location)
    assert sibling_finder(".")("another-name").location == find("another-name").location
    make_task("() => 1", name="broken")
    with open(f"{find('broken').location}/metadata.json", "w", encoding="utf-8") as file:
        file.write("{")
    with pytest.raises(InvalidTask):
        find("broken")


def test_calls_of_calls_share_the_places_of_their_depth(make_task: MakeTask) -> None:
    make_task(
        "async () => { const began = Date.now(); await new Promise((done) => setTimeout(done, 20));"
        " return [began, Date.now()] }",
        name="leaf",
    )
    fan = "export default (n, context) => Promise.all([1, 2].map(() => context.call('{}')))"
    make_task(fan.format("leaf"), name="branch", **allow("leaf"))
    root = make_task(fan.format("branch"), name="root", **allow("branch"))
    with Runtime(pool=Pool(maximum=1)) as narrow:
        spans = sorted(span for spans in call(narrow, root, "").output for span in spans)
    assert len(spans) == 4
    assert all(end <= began for (_, end), (began, _) in itertools.pairwise(spans))


def test_inputs_of_calls_that_wait_stay_small(make_task: MakeTask) -> None:
    called = make_task("() => 1", name="called")
    caller = make_task("() => 1", name="caller", **allow("called"))
    release = threading.Event()

    def run_it(task: Task, value: Any, *, limits: Limits, cancellation: Cancellation) -> Execution:
        release.wait(20)
        raise NotFound("gone")

    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
    calls = Calls(run_it, caller, Parent("1", ("caller",)), Limits(), lambda _name: called)
    # Six at work; the seventh shows what one that waits costs. An empty list takes 56 bytes and more.
    for _ in range(6):
        calls.start(1, {"task": "called", "input": None}, answers.put)
    tracemalloc.start()
    calls.start(7, {"task": "called", "input": [[] for _ in range(20_000)]}, answers.put)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    release.set()
    assert [answers.get(timeout=20)["error"]["code"] for _ in range(7)] == ["not_found"] * 7
    calls.close()
    assert held < 20_000 * 8


DEEP = """export default async (input, context) => {
  let deep = '[\\\\"['.repeat(1000);
  for (let i = 0; i < input.value; i++) deep = [deep];
  const refused = (error) => [error.code, error.message];
  return context.call('length', deep).catch(refused);
}"""


@pytest.mark.parametrize("depth", [500, 700, 2000])
def test_input_nested_too_deeply_is_refused(runtime: Runtime, make_task: MakeTask, depth: int) -> None:
    make_task("(n) => n.length", name="length")
    caller = make_task(DEEP, name="caller", **allow("length"))
    assert call(runtime, caller, "", depth).output == ["invalid_input", "The input is nested more than 500 deep"]


def test_brackets_in_texts_are_no_depth(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("(n) => n.length", name="length")
    caller = make_task(DEEP, name="caller", **allow("length"))
    assert [call(runtime, caller, "", depth).output for depth in (0, 499)] == [4000, 1]


def test_error_of_a_call_stands_where_the_call_is(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("() => { throw new Error('inside') }", name="failing")
    source = "export default async (input, context) => {\n  const a = 1;\n  return context.call('failing', a);\n};"
    caller = make_task(source, name="caller", **allow("failing"))
    error = call(runtime, caller, "").error
    assert error is not None
    assert error.message == "inside"
    assert error.place is not None
    assert (error.place.line, error.place.text) == (3, "  return context.call('failing', a);")


def test_listener_hears_the_called_task_by_its_name(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("() => { console.log('inside') }; () => { console.warn('inside'); return 1 }", name="talker")
    caller = make_task(CALL, name="caller", **allow("talker"))
    heard = []

    class Ears(Silent):
        def console(self, line: ConsoleLine) -> None:
            heard.append((line.level, line.text))

    value = {"task": "talker", "value": None}
    execution = run(runtime, caller, value, listener=Ears(), find_task=sibling_finder(caller.location))
    assert heard == [("warn", "talker: inside")]
    assert execution.console == ()
