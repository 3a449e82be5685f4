"""However a task ends, it ends in time, in a typed error, and nothing of it is left for the next one."""

from __future__ import annotations

import pytest

from ratchet import Limits, Runtime, run
from ratchet.execution.document import Execution
from tests.conftest import MakeTask
from tests.engine.differences import expected_on

ON_EACH_ENGINE = True

PATIENT = Limits(timeout_seconds=90, cpu_seconds=60)
"""For what ends by itself, however busy this machine is."""

THROWN = {
    "null": ("() => { throw null }", None, "null"),
    "undefined": ("() => { throw undefined }", None, "undefined"),
    "a text": ("() => { throw 'words' }", None, "words"),
    "a number": ("() => { throw 42 }", None, "42"),
    "a symbol": ("() => { throw Symbol('s') }", None, "Symbol(s)"),
    "a BigInt": ("() => { throw 10n }", None, "10"),
    "an object": ("() => { throw { message: 'm', status: 404 } }", "Object", "m"),
    "an array": ("() => { throw [1, 2] }", "Array", "[1,2]"),
    "a function": ("() => { throw function f() {} }", "f", ""),
    "a frozen error": ("() => { throw Object.freeze(new Error('cold')) }", "Error", "cold"),
    "an object without a prototype": ("() => { throw { __proto__: null, message: 'bare' } }", "Error", "bare"),
    "a proxy that throws": (
        "() => { throw new Proxy(new Error('p'), { get() { throw new Error('trap') } }) }",
        "Error",
        "",
    ),
    "a revoked proxy": ("() => { const r = Proxy.revocable({}, {}); r.revoke(); throw r.proxy }", "Error", ""),
    "getters that throw": (
        "() => { const e = new Error(); for (const key of ['name', 'message', 'stack', 'cause', 'status', 'code',"
        " 'toString',"
        " 'constructor']) Object.defineProperty(e, key, { get() { throw new Error(key) } }); throw e }",
        "Error",
        "{}",
    ),
    "a class of its own": ("() => { throw new (class Odd extends Error { name = 'Odd' })('tea') }", "Odd", "tea"),
    "an error with an endless cause": (
        "() => { throw new Error('a', { cause: new Error('x'.repeat(6e6)) }) }",
        "Error",
        "a",
    ),
    "an error that causes itself": ("() => { const e = new Error('c'); e.cause = e; throw e }", "Error", "c"),
    "a rejection": ("() => Promise.reject(new TypeError('t'))", "TypeError", "t"),
    "a rejection with nothing": ("() => Promise.reject()", None, "undefined"),
    "an aggregate": ("() => Promise.any([Promise.reject(1)])", "AggregateError", ""),
    "an error of a timer": (
        "() => new Promise(() => setTimeout(() => { throw new Error('later') }, 1))",
        "Error",
        "later",
    ),
    "an error of a microtask": (
        "() => new Promise(() => queueMicrotask(() => { throw new Error('soon') }))",
        "Error",
        "soon",
    ),
    "an unhandled rejection": (
        "async () => { Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 5)) }",
        "Error",
        "lost",
    ),
    "deep recursion": (
        "() => { const f = () => 1 + f(); return f() }",
        "RangeError",
        "Maximum call stack size exceeded",
    ),
    "recursion through a getter": (
        "() => ({ get x() { return this.x } }).x",
        "RangeError",
        "Maximum call stack size exceeded",
    ),
    "recursion through proxies": (
        "() => { let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.x }",
        "RangeError",
        "Maximum call stack size exceeded",
    ),
}


def end(runtime: Runtime, make_task: MakeTask, source: str, limits: Limits) -> Execution:
    """Run a source, then a control task that must not notice; return the first execution."""
    execution = run(runtime, make_task(source, name="hostile"), None, limits=limits)
    control = run(runtime, make_task("(input) => [typeof leaked, input]", name="control"), {"a": 1}, limits=PATIENT)
    assert (control.error, control.output) == (None, ["undefined", {"a": 1}])
    return execution


def test_lack_of_memory_that_a_task_never_hears_of_ends_all_the_same(runtime: Runtime, make_task: MakeTask) -> None:
    # An async function turns the lack of memory into a rejected promise, so the loop goes on until its time is over.
    source = "async () => { const f = async () => { await new Promise(() => {}) }; for (;;) f() }"
    limits = Limits(timeout_seconds=2, memory_bytes=24 << 20)
    error = end(runtime, make_task, source, limits).error
    assert error is not None
    assert error.code in ("memory_limit", "time_limit")


@pytest.mark.parametrize("case", THROWN)
def test_whatever_is_thrown_is_reported(runtime: Runtime, make_task: MakeTask, engine: str, case: str) -> None:
    source, name, message = THROWN[case]
    error = end(runtime, make_task, source, PATIENT).error
    assert error is not None
    assert (error.code, error.name, error.message) == expected_on(engine, case, ("script_error", name, message))


def test_recursion_without_end_can_be_caught(runtime: Runtime, make_task: MakeTask, engine: str) -> None:
    execution = end(
        runtime, make_task, "() => { const f = () => 1 + f(); try { f() } catch (e) { return e.name } }", PATIENT
    )
    error = execution.error
    came_to = execution.output if error is None else (error.code, error.name, error.message)
    assert came_to == expected_on(engine, "recursion that is caught", "RangeError")


def test_memory_can_run_out_and_be_caught(runtime: Runtime, make_task: MakeTask) -> None:
    source = (
        "() => { let a = []; try { for (;;) a.push(new Array(1000).fill(1)) } catch (e) { a = null; return"
        " `${e && e.message}` } }"
    )
    # Where there is no memory left for an error, the engine throws null.
    assert end(runtime, make_task, source, PATIENT).output in ("out of memory", "null")


def test_huge_error_is_cut(runtime: Runtime, make_task: MakeTask) -> None:
    error = end(runtime, make_task, "() => { throw new Error('x'.repeat(1e7)) }", PATIENT).error
    assert error is not None
    assert error.message == "x" * 16_384


def test_processor_time_has_a_limit_of_its_own(runtime: Runtime, make_task: MakeTask) -> None:
    error = end(runtime, make_task, "() => { for (;;); }", Limits(timeout_seconds=90, cpu_seconds=1)).error
    assert error is not None
    assert error.code == "time_limit"
    assert "1 second of processor time" in error.message


@pytest.mark.parametrize("source", ["() => new Promise(() => {})", "async () => { await new Promise(() => {}) }"])
def test_promise_that_nothing_can_settle_ends_at_once(runtime: Runtime, make_task: MakeTask, source: str) -> None:
    error = end(runtime, make_task, source, PATIENT).error
    assert error is not None
    assert error.code == "never_settled"


def test_execution_ends_when_its_result_settles(runtime: Runtime, make_task: MakeTask) -> None:
    source = "() => { setInterval(() => {}, 1); setTimeout(() => { throw new Error('late') }, 1e6); return 1 }"
    assert end(runtime, make_task, source, PATIENT).output == 1


def test_thousand_timers_are_fine_and_one_more_is_not(runtime: Runtime, make_task: MakeTask) -> None:
    source = "(count) => { for (let i = 0; i < count; i++) setTimeout(() => {}, 1e6); return 1 }"
    task = make_task(source)
    assert run(runtime, task, 1000).output == 1
    error = run(runtime, task, 1001).error
    assert error is not None
    assert (error.code, error.message) == ("count_limit", "The task had more than 1,000 timers at a time")


def test_cleared_and_past_timers_do_not_count(runtime: Runtime, make_task: MakeTask) -> None:
    source = "async () => { for (let i = 0; i < 1200; i++) clearTimeout(setTimeout(() => {}, 1e6)); return 1 }"
    assert end(runtime, make_task, source, PATIENT).output == 1


def test_flood_of_lines_is_cut_and_counted(runtime: Runtime, make_task: MakeTask) -> None:
    execution = end(runtime, make_task, "() => { for (let i = 0; i < 1500; i++) console.log(i); return 1 }", PATIENT)
    assert (execution.output, len(execution.console), execution.console_dropped) == (1, 1000, 500)


def test_flood_of_long_lines_is_cut_and_counted(runtime: Runtime, make_task: MakeTask) -> None:
    execution = end(
        runtime, make_task, "() => { for (let i = 0; i < 600; i++) console.log('x'.repeat(1024)); return 1 }", PATIENT
    )
    assert (execution.output, len(execution.console), execution.console_dropped) == (1, 256, 344)


def test_flood_of_progress_is_cut(runtime: Runtime, make_task: MakeTask) -> None:
    source = "() => { for (let i = 0; i < 1000; i++) reportProgress({ progress: i / 1000 }); return 1 }"
    execution = end(runtime, make_task, source, PATIENT)
    assert execution.output == 1
    assert execution.progress is not None
    assert execution.progress["fraction"] == 199 / 1000


def test_progress_report_of_megabytes_is_an_error_of_the_task(runtime: Runtime, make_task: MakeTask) -> None:
    error = end(runtime, make_task, "() => reportProgress({ progress: 1, data: 'x'.repeat(5e6) })", PATIENT).error
    assert error is not None
    assert (error.code, error.name) == ("script_error", "RangeError")


def test_crash_of_the_engine_is_an_error_like_any_other(runtime: Runtime, make_task: MakeTask, engine: str) -> None:
    # QuickJS-ng 0.11 writes through a null pointer when an object with this many keys finds no more room.
    error = end(runtime, make_task, "() => Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)", PATIENT).error
    assert error is not None
    usual = "engine_crash", "The JavaScript engine crashed. The worker ended with SIGSEGV"
    assert (error.code, error.message) == expected_on(engine, "a crash", usual)


def test_nothing_leaks_into_the_next_execution(runtime: Runtime, make_task: MakeTask) -> None:
    source = (
        "() => { globalThis.leaked = 1; Object.prototype.toJSON = () => 'x'; Promise.prototype.then = null; return 1 }"
    )
    assert end(runtime, make_task, source, PATIENT).status == "completed"
