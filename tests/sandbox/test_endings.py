"""However a task ends, it ends in time, in a typed error, and nothing of it is left for the next one."""

from __future__ import annotations

import time

import pytest

from ratchet import Limits, Runtime, run
from ratchet.execution.document import Execution
from tests.conftest import MakeTask
from tests.engine.differences import expected_on

ON_EACH_ENGINE = True

LIMITS = Limits(timeout_seconds=0.4, cpu_seconds=1, grace_seconds=0.2)
"""For what never ends by itself."""
PATIENT = Limits(timeout_seconds=20, cpu_seconds=20)
"""For what ends by itself, however busy this machine is."""

OVER_TIME = {
    "a loop": "() => { for (;;); }",
    "a loop that catches": "() => { for (;;) try { for (;;); } catch {} }",
    "a loop of microtasks": "async () => { for (;;) await null }",
    "a loop of timers": "() => new Promise(() => { const again = () => setTimeout(again, 0); again() })",
    "a loop of immediates": "() => new Promise(() => { const again = () => setImmediate(again); again() })",
    "an interval": "() => new Promise(() => { setInterval(() => {}, 5) })",
    "a timer far away": "() => new Promise((resolve) => setTimeout(resolve, 1e9))",
    "waiting for the clock": "() => { const end = Date.now() + 1e6; while (Date.now() < end); }",
    "a loop before the function": "for (;;); function main() {}",
    "a comparator": "() => [3, 1, 2].sort(() => { for (;;); })",
    "a regular expression": "() => /^(a+)+$/.test('a'.repeat(40) + 'b')",
    "a getter of the error": "() => { throw Object.defineProperty(new Error(), 'message', { get() { for (;;); } }) }",
    "toJSON of the output": "() => ({ toJSON() { for (;;); } })",
    "a getter that a comparison reads": "() => [1, 2].map(String).sort((a, b) => ({ get x() { for (;;); } }).x)",
    "then of the output": "() => ({ then() { for (;;); } })",
    "a search in holes": "() => { const a = []; a.length = 2 ** 32 - 1; return a.indexOf(1) }",
    "a search in a length": "() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
    "JSON of a shared graph": "() => { let o = {}; for (let i = 0; i < 40; i++) o = { a: o, b: o }; return o }",
    "a blow-up of replaceAll": "() => { const s = 'a'.repeat(2 ** 20); return s.replaceAll('a', s).length }",
    "memory caught again and again": "() => { for (;;) try { const a = []; for (;;) a.push([]) } catch {} }",
}
OVER_MEMORY = {
    "arrays": "() => { const a = []; for (;;) a.push(new Array(1000).fill(1)) }",
    "objects": "() => { const a = []; for (;;) a.push({}) }",
    "a doubling text": "() => { let s = 'ab'; for (;;) s += s }",
    "texts": "() => { const a = []; for (let i = 0; ; i++) a.push('x'.repeat(100000) + i) }",
    "one text": "() => 'a'.repeat(2 ** 29)",
    "buffers": "() => { const a = []; for (;;) a.push(new ArrayBuffer(1e6)) }",
    "typed arrays": "() => { const a = []; for (;;) a.push(new Float64Array(1e5).fill(1)) }",
    "a map": "() => { const m = new Map(); for (let i = 0; ; i++) m.set(i, { i }) }",
    "a set": "() => { const s = new Set(); for (let i = 0; ; i++) s.add(`key ${i}`) }",
    "closures": "() => { const a = []; for (let i = 0; ; i++) a.push(() => i) }",
    "promises": "async () => { const a = []; for (;;) a.push(new Promise(() => {})) }",
}
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


@pytest.mark.parametrize("source", OVER_TIME.values(), ids=OVER_TIME.keys())
def test_what_never_ends_is_stopped(runtime: Runtime, make_task: MakeTask, source: str) -> None:
    task = make_task(source, name="hostile")
    # The first execution of all waits for the zygote.
    run(runtime, make_task("() => 1", name="control"), None, limits=PATIENT)
    started = time.monotonic()
    execution = run(runtime, task, None, limits=LIMITS)
    assert time.monotonic() - started < LIMITS.timeout_seconds + LIMITS.grace_seconds + 0.5
    assert execution.error is not None
    assert (execution.status, execution.error.code) == ("failed", "time_limit")
    assert run(runtime, make_task("() => 1", name="control"), None, limits=PATIENT).output == 1


@pytest.mark.parametrize("name", OVER_MEMORY)
def test_what_takes_all_memory_is_stopped(runtime: Runtime, make_task: MakeTask, engine: str, name: str) -> None:
    limits = Limits(timeout_seconds=20, cpu_seconds=20, memory_bytes=24 << 20)
    error = end(runtime, make_task, OVER_MEMORY[name], limits).error
    assert error is not None
    usual = "memory_limit", "The task needed more than 24 MB of memory"
    assert (error.code, error.message) == expected_on(engine, name, usual)


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
    error = end(runtime, make_task, "() => { for (;;); }", Limits(timeout_seconds=30, cpu_seconds=1)).error
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
    source = "async () => { for (let i = 0; i < 3000; i++) clearTimeout(setTimeout(() => {}, 1e6)); return 1 }"
    assert end(runtime, make_task, source, PATIENT).output == 1


def test_flood_of_lines_is_cut_and_counted(runtime: Runtime, make_task: MakeTask) -> None:
    execution = end(runtime, make_task, "() => { for (let i = 0; i < 5000; i++) console.log(i); return 1 }", PATIENT)
    assert (execution.output, len(execution.console), execution.console_dropped) == (1, 1000, 4000)


def test_flood_of_long_lines_is_cut_and_counted(runtime: Runtime, make_task: MakeTask) -> None:
    execution = end(
        runtime, make_task, "() => { for (let i = 0; i < 600; i++) console.log('x'.repeat(1024)); return 1 }", PATIENT
    )
    assert (execution.output, len(execution.console), execution.console_dropped) == (1, 256, 344)


def test_flood_of_progress_is_cut(runtime: Runtime, make_task: MakeTask) -> None:
    source = "() => { for (let i = 0; i < 5000; i++) reportProgress({ progress: i / 5000 }); return 1 }"
    execution = end(runtime, make_task, source, PATIENT)
    assert execution.output == 1
    assert execution.progress is not None
    assert execution.progress["fraction"] == 199 / 5000


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
