"""Tasks that reach for the host, or rewrite the language, get nothing and hurt only themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import RunSource
from tests.engine.differences import expected_on

ON_EACH_ENGINE = True

REACHES: dict[str, tuple[str, Any]] = {
    "names of other hosts": (
        "() => ['process', 'Deno', 'Bun', 'window', 'self', 'std', 'os', 'bjson', 'scriptArgs', 'print', 'gc',"
        " 'WebAssembly']"
        ".filter((name) => name in globalThis)",
        [],
    ),
    "dukpy's names": ("() => [typeof call_python, typeof dukpy, typeof globalThis.call_python]", ["undefined"] * 3),
    "a function of the global scope": (
        "() => [].constructor.constructor('return typeof process + typeof call_python + typeof dukpy')()",
        "undefinedundefinedundefined",
    ),
    "what the engine cannot offer safely": (
        "() => [typeof Atomics, typeof SharedArrayBuffer, typeof FinalizationRegistry, typeof WeakRef, typeof"
        " Iterator.concat,"
        " 'resize' in ArrayBuffer.prototype, 'transfer' in ArrayBuffer.prototype, 'resizable' in new ArrayBuffer(8,"
        " { maxByteLength: 16 })]",
        ["undefined"] * 5 + [False] * 3,
    ),
    "the engine's own ArrayBuffer": (
        "() => { const own = new Uint8Array(1).buffer.constructor; return own === ArrayBuffer && !('resizable' in"
        " new own(8,"
        " { maxByteLength: 16 })) }",
        True,
    ),
    "a resizable buffer by another class": (
        "() => { class B extends ArrayBuffer {} const b = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16"
        " }], B);"
        " return b.byteLength }",
        8,
    ),
    "a stack formatter": (
        "() => { Error.prepareStackTrace = (e, frames) => frames; return typeof new Error().stack }",
        "string",
    ),
    "a stack formatter of a subclass": (
        "() => { class E extends Error { static prepareStackTrace(e, frames) { return frames } } return typeof new"
        " E().stack }",
        "string",
    ),
    "a stack formatter by force": (
        "() => { try { Object.defineProperty(Error, 'prepareStackTrace', { value: (e, f) => f }); return 'in' }"
        " catch { return 'out' } }",
        "out",
    ),
    "the callers of a function": ("() => { function f() { return f.caller } return String(f()) }", "undefined"),
    "assigning dukpy's names": (
        "() => { globalThis.dukpy = { nonce: '', event: 'timer', value: 1 }; globalThis.call_python = 1;"
        " return [typeof dukpy, typeof call_python] }",
        ["undefined", "undefined"],
    ),
    "redefining dukpy's names": (
        "() => ['dukpy', 'call_python'].map((name) => { try { Object.defineProperty(globalThis, name, { value: 1"
        " }); return 1 }"
        " catch { return Reflect.deleteProperty(globalThis, name) } })",
        [False, False],
    ),
    "the setter of events with every nonce": (
        "() => { const set = Object.getOwnPropertyDescriptor(globalThis, 'dukpy')?.set; let asked = '';"
        " if (!set) return 'none'; set(new Proxy({}, { get(_, key) { asked += key; return undefined } }));"
        " return asked }",
        "nonce",
    ),
    "the loader of ES modules": (
        "() => { const load = globalThis['ratchet:require']; globalThis['ratchet:require'] = 1;"
        " try { load('/etc/passwd') } catch (e) { return e.message } }",
        "Cannot find module '/etc/passwd' in the task",
    ),
    "modules of the engine": (
        "async () => { const found = []; for (const name of ['std', 'os', 'qjs:std', 'qjs:os', 'bjson', 'dukpy',"
        " 'ratchet',"
        " 'file:///etc/passwd', '/etc/passwd', '../../etc/passwd', 'data:text/javascript,1', '', '.', '<dukpy>'])"
        " try { await import(name); found.push(name) } catch {} return found }",
        [],
    ),
    "a stack with paths of the host": ("() => /dukpy[/.]|python|[/]usr|site-packages/.test(new Error().stack)", False),
}


@pytest.mark.parametrize("name", REACHES)
def test_reach_for_the_host_gets_nothing(run_source: RunSource, engine: str, name: str) -> None:
    source, output = REACHES[name]
    execution = run_source(source)
    assert (execution.error, execution.output) == (None, expected_on(engine, name, output))


# Each changes the language; then everything below goes on as ever.
CHANGES = {
    "JSON": "JSON.stringify = () => 'null'; JSON.parse = () => 9",
    "no JSON": "delete globalThis.JSON",
    "constructors": "globalThis.Object = globalThis.Array = globalThis.Error = globalThis.String = globalThis.Map ="
    " null",
    "Promise": "globalThis.Promise = null",
    "then": "Object.getPrototypeOf((async () => {})()).then = function (f) { return f('stolen') }",
    "toJSON of arrays": "Array.prototype.toJSON = () => 'evil'",
    "toJSON of texts": "String.prototype.toJSON = () => 'evil'",
    "toJSON of numbers": "Number.prototype.toJSON = () => 'evil'",
    "Function.prototype": "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => 'x'",
    "Reflect": "Reflect.apply = Reflect.construct = null",
    "Map and Set": "Map.prototype.get = () => ({}); Map.prototype.set = Map.prototype.delete = null;"
    " Set.prototype.add = null",
    "methods of arrays": "for (const k of ['push', 'join', 'slice', 'map']) Array.prototype[k] = () => 'x'",
    "methods of texts": "for (const k of ['slice', 'replace', 'repeat', 'includes']) String.prototype[k] = () => 'x'",
    "RegExp": "RegExp.prototype.exec = () => null; RegExp.prototype.test = () => true; delete"
    " RegExp.prototype[Symbol.replace]",
    "setters of objects": "for (const k of ['nonce', 'event', 'kind', 'level', 'text', 'id', 'error', 'message',"
    " 'name'])"
    " Object.defineProperty(Object.prototype, k, { set() {}, configurable: true })",
    "setters of arrays": "for (const k of [0, 1, 2]) Object.defineProperty(Array.prototype, k, { set() {},"
    " configurable: true })",
    "every global": "for (const k of Object.getOwnPropertyNames(globalThis)) if"
    " (!/^(console|setTimeout|require|reportProgress)$/.test(k))"
    " { try { globalThis[k] = null } catch {} }",
    "no globals": "const { deleteProperty } = Reflect; const all = globalThis; for (const k of"
    " Object.getOwnPropertyNames(globalThis)) if (!/^(console|setTimeout|require|reportProgress)$/.test(k))"
    " deleteProperty(all, k)",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_of_the_language_does_not_reach_the_host(run_source: RunSource, change: str) -> None:
    source = f"""
    const wait = async () => {{}};
    const own = require('./lib.js');
    module.exports = async (input) => {{
      {change};
      console.log('one', 'two');
      reportProgress({{ __proto__: null, progress: 0.5, message: 'half' }});
      const later = require('./later.js');
      await wait();
      return {{ __proto__: null, own, later, input }};
    }}"""
    files = {"main.js": source, "lib.js": "module.exports = 'lib'", "later.js": "module.exports = 'later'"}
    execution = run_source(files, {"a": 1})
    assert execution.error is None
    assert execution.output == {"own": "lib", "later": "later", "input": {"a": 1}}
    assert [line.text for line in execution.console] == ["one two"]
    assert execution.progress == {"fraction": 0.5, "step": None, "message": "half", "data": None}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_of_the_language_does_not_hide_an_error(run_source: RunSource, change: str) -> None:
    execution = run_source(f"() => {{ const failure = new TypeError('mine'); {change}; throw failure }}")
    assert execution.error is not None
    assert (execution.error.code, execution.error.name, execution.error.message) == (
        "script_error",
        "TypeError",
        "mine",
    )


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_of_the_language_does_not_stop_timers(run_source: RunSource, change: str) -> None:
    source = (
        f"() => {{ const P = Promise; let done; const p = new P((r) => (done = r)); {change}; setTimeout(done,"
        f" 1, 5); return p }}"
    )
    execution = run_source(source)
    assert (execution.error, execution.output) == (None, 5)


def test_task_cannot_pass_as_the_host(run_source: RunSource) -> None:
    source = (
        "() => { const e = new Error('x'); Object.assign(e, { code: 'time_limit', js_code: 'x', stack: '    at a"
        " (b.js:1:1)' });"
        " throw e }"
    )
    error = run_source(source).error
    assert error is not None
    assert (error.code, error.message, error.details) == ("script_error", "x", {"code": "time_limit"})


def test_forged_stack_names_no_other_file(run_source: RunSource) -> None:
    source = (
        "() => { const e = new Error('x'); e.stack = '    at f (/etc/passwd:1:1)\\n    at g (../up.js:2:2)'; throw e }"
    )
    error = run_source(source).error
    assert error is not None
    assert error.stack is None
    assert error.place is not None
    assert error.place.file.endswith("probe/main.js")
