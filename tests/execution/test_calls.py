"""`context.call`: tasks that call tasks."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ratchet import Limits, Runtime, Task, run
from ratchet.errors import InvalidTask, NotFound
from ratchet.execution.document import Execution
from ratchet.sandbox.pool import Pool
from ratchet.task.siblings import sibling_finder
from tests.conftest import MakeTask

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
