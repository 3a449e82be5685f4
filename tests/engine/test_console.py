"""What a task writes to its console, with level and text."""

from __future__ import annotations

import pytest

from tests.conftest import RunSource

ON_EACH_ENGINE = True

LINES = {
    "texts": ("console.log('a', 'b')", ["a b"]),
    "nothing": ("console.log()", [""]),
    "values": ("console.log(1, -0, 10n, true, null, undefined, 'x')", ["1 -0 10n true null undefined x"]),
    "an object": ("console.log({ a: [1, 'x'], 'b-c': { d: 1 } })", ["{ a: [ 1, 'x' ], 'b-c': { d: 1 } }"]),
    "depth": ("console.log({ a: { b: { c: { d: 1 } } } })", ["{ a: { b: { c: [Object] } } }"]),
    "a text in an object": ("console.log(['it\\'s', '\\n'])", ["[ \"it's\", '\\n' ]"]),
    "a cycle": ("const o = {}; o.o = o; console.log(o)", ["{ o: [Circular *1] }"]),
    "a map and a set": ("console.log(new Map([[1, 'a']]), new Set([2]))", ["Map(1) { 1 => 'a' } Set(1) { 2 }"]),
    "a class": ("class P { x = 1 }; console.log(new P(), P)", ["P { x: 1 } [class P]"]),
    "a function": ("function f() {}; console.log(f, () => {})", ["[Function: f] [Function (anonymous)]"]),
    "a symbol": ("console.log(Symbol('s'), { [Symbol('k')]: 1 })", ["Symbol(s) { [Symbol(k)]: 1 }"]),
    "a getter": ("console.log({ get a() { return 1 } })", ["{ a: [Getter] }"]),
    "%s": ("console.log('a %s b', 1)", ["a 1 b"]),
    "%d and %i": ("console.log('%d %i', '42', 3.9)", ["42 3"]),
    "%o": ("console.log('%o', { a: 1 })", ["{ a: 1 }"]),
    "%j": ("console.log('%j!', { a: 1 })", ['{"a":1}!']),
    "%%": ("console.log('100%% %s', 'sure')", ["100% sure"]),
    "%c": ("console.log('%cred', 'color: red')", ["red"]),
    "more values than places": ("console.log('%s', 1, 2, { a: 3 })", ["1 2 { a: 3 }"]),
    "more places than values": ("console.log('%s %s', 1)", ["1 %s"]),
    "a place in a text alone": ("console.log('100%')", ["100%"]),
    "a line break": ("console.log('a\\nb')", ["a\nb"]),
    "NUL and lone surrogates": ("console.log('\\0\\ud800')", ["\0\ud800"]),
    "assert": ("console.assert(true, 'no'); console.assert(false, 'yes')", ["Assertion failed: yes"]),
    "count": ("console.count(); console.count('x'); console.count()", ["default: 1", "x: 1", "default: 2"]),
    "group": ("console.group('g'); console.log('a\\nb'); console.groupEnd(); console.log('c')", ["g", "  a\n  b", "c"]),
    "a proxy whose traps throw": (
        "const all = {}; for (const k of Object.getOwnPropertyNames(Reflect)) all[k] = () => { throw 1 };"
        " const p = new Proxy({}, all); console.log(p, { p }, 'on'); console.log('%s %o %d %j', p, p, p, p);"
        " console.table(p); console.table([p])",
        [
            "[unreadable] { p: [unreadable] } on",
            "[unreadable] [unreadable] NaN [unreadable]",
            "[unreadable]",
            "[ [unreadable] ]",
        ],
    ),
    "a revoked proxy": ("const r = Proxy.revocable([], {}); r.revoke(); console.log([r.proxy])", ["[ [unreadable] ]"]),
    "an error whose name throws": (
        "console.log(Object.defineProperty(new Error('x'), 'name', { get() { throw 1 } }), 2)",
        ["[unreadable] 2"],
    ),
    "what is no number": ("console.log('%d %i %f', Symbol('s'), { __proto__: null }, Symbol('s'))", ["NaN NaN NaN"]),
    "a timer nobody started": ("console.timeEnd('t')", ["Timer 't' does not exist"]),
}


@pytest.mark.parametrize(("statement", "lines"), LINES.values(), ids=LINES.keys())
def test_line_reads_much_as_in_node(run_source: RunSource, statement: str, lines: list[str]) -> None:
    execution = run_source(f"() => {{ {statement}; return 1 }}")
    assert execution.error is None
    assert [line.text for line in execution.console] == lines


def test_every_method_has_its_level(run_source: RunSource) -> None:
    execution = run_source(
        "() => { for (const k of ['debug', 'log', 'info', 'warn', 'error']) console[k](k); return 1 }"
    )
    assert [(line.level, line.text) for line in execution.console] == [
        (level, level) for level in ("debug", "log", "info", "warn", "error")
    ]


def test_table_has_a_row_for_each_entry(run_source: RunSource) -> None:
    execution = run_source("() => { console.table([{ a: 1, b: 'x' }, { a: 2 }]); return 1 }")
    assert execution.console[0].text.split("\n") == [
        "┌─────────┬───┬─────┐",
        "│ (index) │ a │ b   │",
        "├─────────┼───┼─────┤",
        "│ 0       │ 1 │ 'x' │",
        "│ 1       │ 2 │     │",
        "└─────────┴───┴─────┘",
    ]


def test_time_is_measured_in_milliseconds(run_source: RunSource) -> None:
    execution = run_source("() => { console.time('t'); console.timeEnd('t'); return 1 }")
    name, _, elapsed = execution.console[0].text.partition(": ")
    assert (name, elapsed.endswith("ms"), float(elapsed[:-2]) >= 0) == ("t", True, True)


def test_context_log_writes_to_the_console(run_source: RunSource) -> None:
    execution = run_source("(input, { log }) => { log('a', { b: 1 }); log.warn('c'); return 1 }")
    assert [(line.level, line.text) for line in execution.console] == [("log", "a { b: 1 }"), ("warn", "c")]


def test_lines_of_a_failed_execution_are_kept_with_their_time(run_source: RunSource) -> None:
    execution = run_source("() => { console.log('before'); throw new Error('x') }")
    assert [line.text for line in execution.console] == ["before"]
    assert 0 <= execution.console[0].time_ms < 30_000


PROGRESS = {
    "context.progress(0.5)": (0.5, None, None, None),
    "context.progress(50)": (0.5, None, None, None),
    "context.progress(1, 4)": (0.25, "1/4", None, None),
    "context.progress(1, 4, 'quarter', { a: 1 })": (0.25, "1/4", "quarter", {"a": 1}),
    "context.progress(0.5, 'half')": (0.5, None, "half", None),
    "reportProgress({ progress: 0.3, step: 's', message: 'm', data: [1] })": (0.3, "s", "m", [1]),
    "global.reportProgress({ progress: 30 })": (0.3, None, None, None),
    "context.progress({ progress: 1 })": (1, None, None, None),
    "reportProgress(7000)": (1, None, None, None),
    "reportProgress({ progress: -1, message: 5 })": (0, None, "5", None),
    "reportProgress({ progress: NaN })": (None, None, None, None),
}


@pytest.mark.parametrize(("call", "report"), PROGRESS.items())
def test_progress_is_reported(run_source: RunSource, call: str, report: tuple[object, ...]) -> None:
    execution = run_source(f"function main(input, context) {{ {call}; return 1 }}")
    assert execution.progress == dict(zip(("fraction", "step", "message", "data"), report, strict=True))
