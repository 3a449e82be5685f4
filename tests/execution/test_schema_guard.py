"""Schemas of others are checked in a process of their own, under a clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ratchet import Runtime, Task, run
from ratchet.errors import Cancelled, InvalidInput, InvalidTask, TimeLimit
from ratchet.execution.check import check_task
from ratchet.execution.schema_guard import ForeignSchema, SchemaGuard
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import Pool
from ratchet.task.plain import most_characters
from ratchet.task.schema import check_schema, check_value, compile_schema
from ratchet.values import Json
from tests.conftest import MakeTask
from tests.sandbox.processes import assert_gone, children_of, watch
from tests.slow_schemas import doubling
from tests.task.test_schema_suite import groups_of

ROOT = Path(__file__).parents[2]
HELPER = b"ratchet.execution.schema_helper"


def foreign(task: Task) -> Task:
    """Return the task as if somebody else had written it."""
    return task._replace(foreign=True)


def helpers_of(process: int) -> list[int]:
    """Return the processes that check schemas for this one."""
    return [child for child in children_of(process) if HELPER in Path(f"/proc/{child}/cmdline").read_bytes()]


def state_of(process: int) -> str:
    """Return the letter for what a process does, such as R for running."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]


@pytest.fixture
def guarded() -> Iterator[Runtime]:
    """Return a runtime of its own, so that its guard is too."""
    with Runtime(pool=Pool()) as runtime:
        yield runtime


def test_a_foreign_task_is_checked_as_an_own_one(guarded: Runtime, make_task: MakeTask) -> None:
    task = make_task(
        {
            "main.js": "(input) => input.b ?? 'x'",
            "input.schema.json": {"properties": {"a": {"default": 1}, "b": {"$ref": "lib/types.yaml#/number"}}},
            "output.schema.json": {"type": "integer"},
            "lib/types.yaml": "number: {type: integer}\n",
        }
    )
    for value in ({}, {"b": 5}, {"c": "\ud800", "b": 2}):
        own, other = run(guarded, task, value), run(guarded, foreign(task), value)
        assert (own.input, own.output_json, own.error) == (other.input, other.output_json, other.error)
    replies = []
    for each in (task, foreign(task)):
        with pytest.raises(InvalidInput) as caught:
            run(guarded, each, {"b": "x"})
        replies.append((caught.value.message, caught.value.hint, caught.value.problems))
    assert replies[0] == replies[1]


def test_problems_of_a_foreign_schema_are_those_of_an_own_one(guarded: Runtime, make_task: MakeTask) -> None:
    wrong = {"type": "strin", "properties": {"a": {"$ref": "nothing.json"}, "b": {"pattern": "("}}}
    task = make_task({"main.js": "() => 1", "input.schema.json": wrong, "output.schema.json": {"$ref": "http://x/"}})
    assert check_task(guarded, foreign(task)) == check_task(guarded, task)
    replies = []
    for each in (task, foreign(task)):
        with pytest.raises(InvalidTask) as caught:
            run(guarded, each, {})
        replies.append((caught.value.message, caught.value.place, caught.value.problems))
    assert replies[0] == replies[1]


PLAIN = {
    "type": "object",
    "properties": {"a": {"type": "array", "items": {"enum": [1, 2]}}, "b": {"default": {"c": 1}, "minProperties": 1}},
    "additionalProperties": {"type": "string", "maxLength": 3},
    "required": ["a"],
}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_foreign_schema_that_cannot_be_slow_is_checked_without_a_process(make_task: MakeTask) -> None:
    before = set(helpers_of(os.getpid()))
    with Runtime(pool=Pool()) as guarded:
        task = make_task({"main.js": "(input) => input", "input.schema.json": PLAIN, "output.schema.json": PLAIN})
        assert run(guarded, foreign(task), {"a": [1], "d": "x"}).output == {"a": [1], "d": "x", "b": {"c": 1}}
        for value in (1, {}, {"a": [3], "b": {}, "c": "long", "d": 5}):
            replies = []
            for each in (task, foreign(task)):
                with pytest.raises(InvalidInput) as caught:
                    run(guarded, each, value)
                replies.append((caught.value.message, caught.value.hint, caught.value.problems))
            assert replies[0] == replies[1]
        wrong = foreign(make_task({"main.js": "() => 1", "input.schema.json": {"type": "strin"}}, name="wrong"))
        with pytest.raises(InvalidTask, match=r"\"strin\""):
            run(guarded, wrong, 1)
        assert set(helpers_of(os.getpid())) == before
        assert run(guarded, foreign(task), {"a": [1] * 10_000}).status == "completed"
        assert set(helpers_of(os.getpid())) != before


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"properties": {"a": {"items": {"pattern": "a"}}}},
        {"additionalProperties": {"anyOf": [True]}},
        {"items": [{"format": "regex"}]},
        {"uniqueItems": True},
        {"enum": ["a" * 10_000]},
    ],
)
def test_what_may_be_slow_is_left_to_a_process(schema: Json) -> None:
    assert most_characters(schema) == 0


def test_a_confined_check_decides_and_explains_as_one_at_home() -> None:
    """The suite reaches every keyword and format, and whatever is imported too late fails under confinement."""
    guard = SchemaGuard()
    for group in groups_of("draft2020-12"):
        written = ForeignSchema(f"{group.file} {group.number}", "It", "s.json", group.schema, "s.json", {})
        wrong = check_schema(group.schema)
        assert guard.check_schema(written) == wrong
        if not wrong:
            own = compile_schema(group.schema)
            for value in [test["data"] for test in group.tests]:
                _, problems = guard.check_value(written, value, Cancellation(), fill=False)
                assert problems == check_value(own, value)
    guard.close()


def test_an_input_schema_that_doubles_its_work_is_stopped_and_the_host_goes_on(
    guarded: Runtime, make_task: MakeTask
) -> None:
    hostile = foreign(make_task({"main.js": "() => 1", "input.schema.json": doubling()}, name="hostile"))
    control = make_task("() => 1", name="control")
    raised: list[BaseException] = []

    def check() -> None:
        try:
            run(guarded, hostile, 1)
        except TimeLimit as error:
            raised.append(error)

    thread = threading.Thread(target=check)
    thread.start()
    assert run(guarded, control, None).output == 1
    assert thread.is_alive(), "the host waited for the check"
    thread.join()
    (error,) = raised
    assert isinstance(error, TimeLimit)
    assert (error.message, error.hint, error.place and error.place.file) == (
        "The input schema of `hostile` takes more than 2 s to check",
        "Look for `anyOf`, `oneOf` or `$ref` that double the work at each level",
        hostile.path_of("input.schema.json"),
    )


def test_an_output_schema_that_doubles_its_work_fails_the_execution(guarded: Runtime, make_task: MakeTask) -> None:
    task = foreign(make_task({"main.js": "() => 1", "output.schema.json": doubling()}))
    execution = run(guarded, task, None)
    assert execution.error is not None
    assert (execution.status, execution.error.code, execution.error.message) == (
        "failed",
        "time_limit",
        "The output schema of `probe` takes more than 2 s to check",
    )


def test_a_check_can_be_cancelled(guarded: Runtime, make_task: MakeTask) -> None:
    cancellation = Cancellation()
    task = foreign(make_task({"main.js": "() => 1", "input.schema.json": doubling()}))
    threading.Timer(0.3, cancellation.cancel).start()
    with pytest.raises(Cancelled):
        run(guarded, task, 1, cancellation=cancellation)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_process_serves_again_until_it_is_killed_or_holds_many_schemas() -> None:
    guard, before = SchemaGuard(), set(helpers_of(os.getpid()))

    def ask(key: str, schema: Json) -> int:
        written = ForeignSchema(key, "The schema", "schema.json", schema, "schema.json", {})
        assert guard.check_value(written, 1, Cancellation(), fill=True) == (1, [])
        (helper,) = set(helpers_of(os.getpid())) - before
        return helper

    first = ask("a", {"type": "integer"})
    assert ask("a", {"type": "integer"}) == first
    assert ask("b", True) == first
    with pytest.raises(TimeLimit):
        ask("c", doubling())
    assert set(helpers_of(os.getpid())) == before
    second = ask("b", True)
    served = {ask(str(number), True) for number in range(62)}
    assert served == {second}
    written = ForeignSchema("last", "The schema", "schema.json", True, "schema.json", {})
    assert guard.check_schema(written) == []
    assert set(helpers_of(os.getpid())) == before, "it holds as many schemas as it may"
    ask("a", True)
    guard.close()
    assert set(helpers_of(os.getpid())) == before


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_process_is_confined_as_a_worker_is(guarded: Runtime, make_task: MakeTask) -> None:
    before = set(helpers_of(os.getpid()))
    run(guarded, foreign(make_task({"main.js": "() => 1", "input.schema.json": {"not": False}})), None)
    (helper,) = set(helpers_of(os.getpid())) - before
    status = dict(line.split(":\t") for line in Path(f"/proc/{helper}/status").read_text().splitlines())
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")


HOST = """
import sys
from ratchet import Runtime, load_task, run

with Runtime() as runtime:
    task = load_task(sys.argv[1], foreign=True)
    run(runtime, task, "fits")
    print("started", flush=True)
    run(runtime, task, 1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_process_dies_with_its_host_even_at_work(make_task: MakeTask) -> None:
    schema = {"if": {"type": "string"}, "else": {"$ref": "#/$defs/d0"}, "$defs": doubling()["$defs"]}
    task = make_task({"main.js": "() => 1", "input.schema.json": schema})
    host = subprocess.Popen([sys.executable, "-c", HOST, task.location], stdout=subprocess.PIPE, cwd=ROOT)
    with host:
        assert host.stdout is not None
        assert host.stdout.readline() == b"started\n"
        (helper,) = helpers_of(host.pid)
        while state_of(helper) != "R":
            os.sched_yield()
        watched = watch(helper)
        host.send_signal(signal.SIGKILL)
    assert_gone([watched])
