"""Tasks that rewrite the language, or pass for the host, hurt only themselves."""

from __future__ import annotations

import pytest

from tests.conftest import RunSource

ON_EACH_ENGINE = True

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
