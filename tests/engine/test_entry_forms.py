"""Every form in which people write the function of a task, run through the whole path."""

from __future__ import annotations

import pytest

from ratchet.errors import InvalidTask
from tests.conftest import RunSource
from tests.engine.differences import expected_on

ON_EACH_ENGINE = True

# Each is called with {"a": 7} and must answer 7.
SCRIPTS = {
    "completion value": "(function(input, context) { return context.attempt * input.a })",
    "arrow": "(input) => input.a",
    "arrow and a semicolon": "(input) => input.a;\n",
    "async arrow": "async ({ a }) => a",
    "function and its name": "function main(input) { return input.a }\nmain;",
    "function of another name and that name": "function total(input) { return input.a }\ntotal;",
    "name without a semicolon": "function total(input) { return input.a }\ntotal",
    "function expression made by a call": "(() => { const key = 'a'; return function (i) { return i[key] } })()",
    "bare function": "function(input) { return input.a }",
    "bare function and a semicolon": "function(input) { return input.a };\n",
    "bare function after comments": "// Adds.\n/* Really. */\n\nfunction (input, context) {\n  return input.a }\n//"
    " End",
    "bare async function": "async function(input) { return input.a }",
    "declared function": "function main(input) { return input.a }",
    "declared async function": "async function main({ a }) { return a }",
    "const": "const main = (input) => input.a;",
    "let": "let main = async (input) => input.a",
    "var": "var main = function (input) { return input.a }",
    "const in strict code": "'use strict';\nconst main = ({ a }) => a;",
    "function in strict code": "'use strict';\nfunction main({ a }) { return this === undefined ? a : 0 }",
    "assigned": "main = (input) => input.a",
    "assigned to globalThis": "globalThis.main = (i) => i.a",
    "two functions": "function twice(x) { return 2 * x }\nfunction main(i) { return twice(i.a) / 2 }",
    "const after a helper": "const twice = (x) => 2 * x;\nconst main = (i) => twice(i.a) / 2;\nmain",
    "let { } in the body": "function main(input, context) {\n  let { a } = input;\n  return a;\n}\n\nmain;\n",
    "carriage returns": "function main(i) {\r\n  return i.a\r\n}\r\nmain;\r\n",
    "hashbang": "#!/usr/bin/env node\nfunction main(i) { return i.a }",
    "byte order mark": "\ufefffunction main(i) { return i.a }",
    "implicit global": "function main(i) { x = i.a; return x }",
    "this in sloppy code": "function main(i) { return this === globalThis ? i.a : 0 }",
    "with": "function main(input) { with (input) { return a } }",
    "await as a name": "var await = 0; function main(i) { return await + i.a }",
    "an import in a template": "const text = `\nimport x from 'y'\n`;\nfunction main(i) { return i.a }",
    "an export in a comment": "/*\nexport default 3\n*/\nfunction main(i) { return i.a }",
    "an export in a regular expression": "const found = /export default/;\nconst main = (i) => i.a",
    "comment at the end": "(i) => i.a // the end",
    "promise": "(i) => new Promise((resolve) => setTimeout(() => resolve(i.a), 1))",
    "thenable": "(i) => ({ then(resolve) { resolve(i.a) } })",
    "thenable of a thenable": "(i) => ({ then(yes) { yes({ then(again) { again(i.a) } }) } })",
    "proxy of a function": "const main = new Proxy((i) => i.a, {});",
    "function from new Function": "new Function('input', 'return input.a')",
}
COMMONJS = {
    "module.exports": "module.exports = (input) => input.a",
    "module.exports of an async function": "module.exports = async ({ a }) => { await null; return a }",
    "module.exports with main": "function main(i) { return i.a }\nmodule.exports = { main }",
    "module.exports with main and more": "async function main(i) { return i.a }\nmodule.exports = { help: 1, main };",
    "exports.main": "exports.main = (i) => i.a",
    "exports.default": "exports.default = (i) => i.a",
    "both names": "exports = module.exports = (i) => i.a",
    "exports before the completion value": "function main() { return 0 }\nmodule.exports = (i) => i.a;\nmain;",
    "strict": "'use strict';\nmodule.exports = (i) => i.a",
}
MODULES = {
    "default arrow": "export default (i) => i.a",
    "default function": "export default function (i) { return i.a }",
    "default named async function": "export default async function total(i) { return i.a }",
    "default object with main": "export default { main(i) { return i.a } }",
    "main": "export function main(i) { return i.a }",
    "const main": "export const main = (i) => i.a",
    "list": "function main(i) { return i.a }\nexport { main }",
    "as default": "function total(i) { return i.a }\nexport { total as default }",
    "default before main": "export const main = () => 0;\nexport default (i) => i.a",
    "on one line": "const b = 0;export default (i) => i.a + b",
    "after a comment": "// export nothing\nexport default (i) => i.a",
    "hashbang": "#!/usr/bin/env node\nexport default (i) => i.a",
    "byte order mark": "\ufeffexport default (i) => i.a",
    "await at the top": "const b = await Promise.resolve(0);\nexport default (i) => i.a + b",
    "await of a timer at the top": "await new Promise((r) => setTimeout(r, 1));\nexport default (i) => i.a",
    "this is undefined": "const outer = this;\nexport default function (i) { return this ?? outer ?? i.a }",
    "no CommonJS names": "export default (i) => typeof module === 'undefined' && typeof require === 'undefined' ?"
    " i.a : 0",
    "import.meta": "export default (i) => import.meta.url === 'main.js' ? i.a : 0",
    "promise": "export default (i) => Promise.resolve(i.a)",
}
KINDS = {"script": SCRIPTS, "commonjs": COMMONJS, "module": MODULES}
TYPESCRIPT = {
    "annotated": "export default (input: { a: number }): number => input.a",
    "interface": "interface Input { a: number }\nexport default function main(input: Input): number { return input.a }",
    "declared main": "function main(input: { a: number }): number { return input.a! satisfies number }",
    "completion value": "(input: { a: number }): number => input.a",
    "module.exports": "module.exports = (input: any): number => input.a as number",
    "generics": "type Box<T> = { v: T };\nconst box = <T>(v: T): Box<T> => ({ v });\nexport default (i: any) =>"
    " box<number>(i.a).v",
    "enum": "enum Size { Small = 6, Large }\nexport default (i: { a: Size }) => i.a === Size.Large ? 7 : 0",
    "const enum of strings": "const enum E { A = 'a' }\nexport default (i: Record<E, number>) => i[E.A]",
    "parameter properties": "class P { constructor(readonly a: number) {} }\nexport default (i: P) => new P(i.a).a",
    "abstract class": "abstract class A { abstract f(): number }\nclass B extends A { constructor(private v: number)"
    " { super() } override f() { return this.v } }\nconst main = (i: any) => new B(i.a).f()",
    "overloads": "function f(a: number): number;\nfunction f(a: any) { return a }\nexport default (i: any) => f(i.a)",
    "angle brackets": "export default (i: any) => <number>i.a",
    "import that names only types": "import { Gone } from './gone';\nexport default (i: Gone) => i.a",
}


FORMS = [(kind, *form) for kind, forms in KINDS.items() for form in forms.items()]


@pytest.mark.parametrize(("kind", "name", "source"), FORMS, ids=[f"{kind} {name}" for kind, name, _ in FORMS])
def test_form_runs(run_source: RunSource, engine: str, kind: str, name: str, source: str) -> None:
    execution = run_source(source, {"a": 7})
    assert (execution.error, execution.output) == (None, expected_on(engine, name, 7))


@pytest.mark.parametrize("source", TYPESCRIPT.values(), ids=TYPESCRIPT.keys())
def test_typescript_form_runs(run_source: RunSource, source: str) -> None:
    execution = run_source({"main.ts": source}, {"a": 7})
    assert (execution.error, execution.output) == (None, 7)


def test_suffix_mjs_means_a_module(run_source: RunSource) -> None:
    assert run_source({"main.mjs": "export const main = () => typeof module"}).output == "undefined"


def test_suffix_cjs_means_commonjs(run_source: RunSource) -> None:
    assert run_source({"main.cjs": "module.exports = () => typeof module", **entry("main.cjs")}).output == "object"


def test_entry_point_may_be_in_a_folder(run_source: RunSource) -> None:
    files = {"src/run.js": "module.exports = () => require('../value.json')", "value.json": "5", **entry("src/run.js")}
    assert run_source(files).output == 5


def entry(path: str) -> dict[str, object]:
    """Return metadata with this entry point."""
    return {"metadata.json": {"label": "Probe", "version": "1.0.0", "entrypoint": path}}


@pytest.mark.parametrize(
    "source",
    [
        "42",
        "function total(i) { return i.a }",
        "module.exports = 3",
        "module.exports = [1]",
        "({ main(i) { return i.a } })",
        "export const total = (i) => i.a",
        "export {}",
    ],
)
def test_source_without_a_function_is_refused(run_source: RunSource, source: str) -> None:
    with pytest.raises(InvalidTask, match="offers no function to run") as refused:
        run_source(source)
    assert refused.value.place is not None
    assert refused.value.place.file.endswith("probe/main.js")
    assert "export default" in str(refused.value.hint)


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("function main(i) {\n  return i.a +\n}", 3, 1),
        ("export default (i) => {\n  const x = ;\n}", 2, 13),
        ("return 3", 1, 1),
        ("const a = await 3;\nfunction main() {}", 1, 11),
    ],
)
def test_syntax_error_is_refused_with_its_place(run_source: RunSource, source: str, line: int, column: int) -> None:
    with pytest.raises(InvalidTask, match="Syntax error") as refused:
        run_source(source)
    place = refused.value.place
    assert place is not None
    assert (place.line, place.column, place.text) == (line, column, source.split("\n")[line - 1])


def test_top_level_runs_once(run_source: RunSource) -> None:
    source = "console.log('top');\nexport default () => 1"
    assert [line.text for line in run_source(source).console] == ["top"]


def test_error_that_only_looks_like_a_syntax_error_runs_nothing_twice(run_source: RunSource) -> None:
    source = "console.log('top');\nJSON.parse('{');\nfunction main() {}"
    execution = run_source(source)
    assert execution.error is not None
    assert (execution.error.name, execution.error.place and execution.error.place.line) == ("SyntaxError", 2)
    assert [line.text for line in execution.console] == ["top"]


def test_class_as_entry_fails_where_it_is_called(run_source: RunSource) -> None:
    error = run_source("export default class Total {}").error
    assert error is not None
    assert (error.name, error.code) == ("TypeError", "script_error")


def test_input_and_context_are_the_only_arguments(run_source: RunSource) -> None:
    assert run_source("function main() { return [arguments.length, new.target === undefined] }").output == [2, True]
