"""Time, chance and answers that come from somewhere else than the world."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ratchet import Execution, Limits, Runtime, Task, run
from ratchet.execution.surroundings import Surroundings, Witnessed
from ratchet.gateway.exchange import Source
from ratchet.gateway.failures import NameNotFound
from ratchet.gateway.message import HttpRequest, HttpResponse, Timings
from ratchet.task.siblings import sibling_finder
from tests.conftest import MakeTask

TIMINGS = Timings(None, None, None, 0.0, 0.0, 0.0, 0.0)
NOON = 1_800_000_000_000


class Keeper:
    """A recorder for tests: keeps what it is given."""

    def __init__(self) -> None:
        self.seen: Witnessed | None = None

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> str:
        self.seen = witnessed
        return "here"


class Echo:
    """Answers each request with its number and its URL, and one host with a failure."""

    source: Source = "mock"

    def answer(self, number: int, request: HttpRequest) -> HttpResponse:
        if "missing" in request.url:
            raise NameNotFound("There is no `missing.example`")
        body = f"{number} {request.method} {request.url}".encode()
        return HttpResponse(200, "OK", (), body, request.url, False, TIMINGS, len(body))


def in_own_time(runtime: Runtime, task: Task, value: Any = None, **given: Any) -> Execution:
    return run(runtime, task, value, surroundings=Surroundings(time={"start": NOON}, **given))


def record(runtime: Runtime, task: Task, value: Any = None, **options: Any) -> tuple[Execution, Surroundings]:
    """Run a task for real, and return the execution and what its replay finds."""
    keeper = Keeper()
    execution = run(runtime, task, value, recorder=keeper, **options)
    assert execution.recording == "here"
    assert keeper.seen is not None
    calls = {call.number: call.answer for call in keeper.seen.calls}
    seen = keeper.seen
    return execution, Surroundings(calls=calls, time=seen.trace, seed=seen.seed, context=seen.context)


def test_own_time_can_let_timers_take_their_time(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => new Promise((done) => setTimeout(() => done(Date.now()), 40))")
    execution = run(runtime, task, None, surroundings=Surroundings(time={"start": NOON, "paced": True}))
    assert execution.output == NOON + 40
    assert (execution.duration_ms or 0) >= 40


def test_own_time_begins_where_it_is_told(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => [Date.now(), new Date().toISOString(), typeof Date(), performance.now(), +new Date(5)]")
    execution = in_own_time(runtime, task)
    assert execution.output == [NOON, "2027-01-15T08:00:00.000Z", "string", 0, 5]


def test_own_time_moves_with_timers_and_waits_for_none(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task(
        """async () => {
          const seen = [], start = Date.now();
          setTimeout(() => seen.push('late'), 7_200_000);
          const done = new Promise((resolve) => setTimeout(resolve, 3_600_000));
          setTimeout(() => seen.push('first'), 1000);
          await done;
          return [seen, Date.now() - start, performance.now()];
        }"""
    )
    execution = in_own_time(runtime, task)
    assert execution.output == [["first"], 3_600_000, 3_600_000]
    assert execution.duration_ms is not None
    assert execution.duration_ms < 3000


def test_busy_wait_ends_in_own_time(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => { const start = Date.now(); while (Date.now() - start < 50); return Date.now() - start }")
    assert in_own_time(runtime, task).output == 50


def test_date_stays_a_date(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task(
        """() => {
          class Mine extends Date { year() { return this.getUTCFullYear() } }
          return [new Date() instanceof Date, new Mine().year(), new Mine(0) instanceof Mine, Date.UTC(1970, 0, 2),
                  Date.parse('1970-01-01T00:00:01Z'), new Date(2020, 1).getTime(), new Date().constructor === Date];
        }"""
    )
    assert in_own_time(runtime, task).output == [True, 2027, True, 86_400_000, 1000, 1_580_515_200_000, True]


def test_answers_come_in_the_order_of_the_questions(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task(
        """async () => {
          const order = [];
          await Promise.all(['a', 'b', 'c'].map(async (path) => {
            await fetch('https://x.example/' + path);
            order.push(path);
          }));
          const text = fetch('https://x.example/d').body;
          const lost = await fetch('https://missing.example/').catch((error) => error.code);
          return [order, text, lost];
        }"""
    )
    execution = in_own_time(runtime, task, answers=Echo())
    assert execution.output == [["a", "b", "c"], "4 GET https://x.example/d", "dns"]
    assert [request.source for request in execution.requests] == ["mock"] * 5


class Meeting(Echo):
    """Answers as soon as another question is there, or after a moment without one."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)
        self.met = False

    def answer(self, number: int, request: HttpRequest) -> HttpResponse:
        try:
            self._barrier.wait(0.2)
            self.met = True
        except threading.BrokenBarrierError:
            pass
        return super().answer(number, request)


def test_questions_side_by_side_are_answered_one_after_the_other(runtime: Runtime, make_task: MakeTask) -> None:
    # Which of several answers a request gets depends on those before it, and must not depend on threads.
    task = make_task("() => Promise.all([fetch('https://x.example/a'), fetch('https://x.example/b')]).then(() => 1)")
    answers = Meeting()
    assert in_own_time(runtime, task, answers=answers).output == 1
    assert not answers.met


def test_answers_from_elsewhere_do_not_widen_what_is_permitted(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task(
        "() => fetch('https://other.example/').catch((error) => error.code)", permissions={"net": ["x.example"]}
    )
    assert in_own_time(runtime, task, answers=Echo()).output == "not_permitted"


def test_seed_decides_what_chance_brings(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => [Math.random(), crypto.randomUUID()]")
    first, second = (in_own_time(runtime, task, seed="07" * 32).output for _ in range(2))
    assert first == second
    assert in_own_time(runtime, task, seed="08" * 32).output != first


WANDERING = """
export default async (input, context) => {
  const seen = [context.executionId, context.deadline, Math.random(), crypto.randomUUID()];
  const start = Date.now();
  while (Date.now() - start < 5);
  seen.push(Date.now(), new Date().toISOString(), performance.now());
  const racers = [3, 1, 2].map((n) => new Promise((done) => setTimeout(() => { seen.push(n, Date.now()); done() }, n)));
  seen.push(await context.call('double', 21).catch((error) => error.message));
  await Promise.all(racers);
  setImmediate(() => seen.push('soon'));
  await new Promise((done) => setTimeout(done, 2));
  console.log(seen.length);
  return seen;
};
"""


def test_replay_gives_the_same_bytes(runtime: Runtime, make_task: MakeTask) -> None:
    make_task("(n) => n * 2", name="double")
    task = make_task(WANDERING, permissions={"tasks": ["double"]})
    for _ in range(5):
        execution, surroundings = record(runtime, task, find_task=sibling_finder(task.location))
        assert execution.error is None
        replayed = run(runtime, task, None, surroundings=surroundings)
        assert replayed.output_json == execution.output_json


def test_replay_of_another_source_goes_on_in_its_own_time(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("async () => { await new Promise((done) => setTimeout(done, 5)); return Date.now() }")
    _, surroundings = record(runtime, task)
    other = make_task(
        "async () => { for (let i = 0; i < 3; i++) await new Promise((done) => setTimeout(done, 60_000)); return 1 }",
        name="other",
    )
    execution = run(runtime, other, None, surroundings=surroundings)
    assert execution.output == 1
    assert execution.duration_ms is not None
    assert execution.duration_ms < 3000


def test_call_that_was_not_recorded_is_refused(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("async (_, { call }) => call('double', 1)", permissions={"tasks": ["double"]})
    execution = run(runtime, task, None, surroundings=Surroundings(calls={}))
    assert execution.error is not None
    assert execution.error.message == "The recording has no such call of a task"


def test_trace_of_an_execution_that_runs_out_of_time_is_kept(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => { for (;;) Date.now() }")
    execution, surroundings = record(runtime, task, limits=Limits(timeout_seconds=1))
    assert execution.error is not None
    assert execution.error.code == "time_limit"
    assert surroundings.time is not None
    assert len(surroundings.time["clock"]) > 10


@pytest.mark.parametrize(
    "trace",
    [{"clock": [], "events": []}, {"clock": [[5, 1]], "events": ["a9", "t7"]}, {"clock": [[-1, 2]], "events": []}],
)
def test_trace_that_does_not_fit_is_left(runtime: Runtime, make_task: MakeTask, trace: Any) -> None:
    task = make_task("async () => { await new Promise((done) => setTimeout(done, 10)); return 'done' }")
    assert run(runtime, task, None, surroundings=Surroundings(time=trace)).output == "done"
