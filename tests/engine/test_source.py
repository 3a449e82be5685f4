"""What a source text says about itself without being run."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.engine.source import (
    Inspection,
    inspect_request,
    original_column,
    parse_inspection,
    parse_transpiled,
    problems_of,
    transpile_request,
)
from ratchet.errors import EngineCrash
from tests.engine.bare_engine import BareEngine, SourceReader

KNOWN = ["console", "fetch", "setTimeout", "URL", "TextEncoder", "reportProgress", "global", "HttpError"]


@pytest.fixture(scope="module")
def reader() -> SourceReader:
    return SourceReader()


def inspect(reader: SourceReader, source: str, path: str = "main.js") -> Inspection:
    return parse_inspection(reader.inspect(inspect_request({path: source}, path, KNOWN)))


SYNTAX_ERRORS = [
    ("let a = 1;\nlet b = ;\n", 2, 9, "Unexpected token `;`"),
    ("(input) => {\n  return input.a\n", 3, 1, "Unexpected end of the file"),
    ("function main(input) {\n  const a = 'x;\n}\nmain;", 2, 13, "Unterminated string constant"),
    ("(input) => {\n  const x = 1;\n  const x = 2;\n}", 3, 9, "Identifier `x` has already been declared"),
    ("(input) => {\n  if (input.a {\n    return 1;\n  }\n}", 2, 15, "Unexpected token `{`"),
    ("(input) => ({ a: 1, b 2 })", 1, 23, "Unexpected token `2`"),
    ("(input) => [1, 2", 1, 17, "Unexpected end of the file"),
    ("import a from './b.js';\nexport default (input) => a b;", 2, 29, "Unexpected token `b`"),
    ("export default function (input) {\n  return input..a;\n}", 2, 16, "Unexpected token `.`"),
    ("(input) => `a ${input.b`", 1, 25, "Unterminated template literal"),
    ("(input) => /[a/.test(input)", 1, 12, "Unterminated regular expression"),
    ("(input) => { return /a(/.test('a') }", 1, 21, "Invalid regular expression: /a(/: Unterminated group"),
    ("function (input) {\n  return input + ;\n}", 2, 18, "Unexpected token `;`"),
    ("async function (input) {\n  return { a: 1;\n}", 2, 16, "Unexpected token `;`"),
    ("(input) => { const x; }", 1, 21, "Unexpected token `;`"),
    ("(input) => { for (const x of ) {} }", 1, 30, "Unexpected token `)`"),
    ("(input) => { return 1 }}", 1, 24, "Unexpected token `}`"),
    ("(input) => { let s = '😀é'; let = = 2; }", 1, 34, "Unexpected token `=`"),
    ("(input) => { break; }", 1, 14, "Unsyntactic break"),
    ("class A { constructor() {} constructor() {} }", 1, 28, "Duplicate constructor in the same class"),
    (
        "(input) => {\n  const r = await fetch(input.url);\n}",
        2,
        13,
        "`await` is only allowed inside an `async` function",
    ),
    (
        "export default (input) => {\n  return await fetch(input.url);\n};",
        2,
        10,
        "`await` is only allowed inside an `async` function",
    ),
    (
        "const r = await fetch('x');\nr;",
        1,
        11,
        "`await` outside of a function needs an ES module: write the task as `export default async (input) => …`",
    ),
    ("[" * 50_000, 1, 1, "The file is nested too deeply to be read"),
]


@pytest.mark.parametrize(("source", "line", "column", "message"), SYNTAX_ERRORS)
def test_syntax_error_is_exact(reader: SourceReader, source: str, line: int, column: int, message: str) -> None:
    found = inspect(reader, source).syntax
    assert found is not None
    assert found.message == message
    if "deeply" not in message:
        assert (found.spot.line, found.spot.column) == (line, column)


FORMS: list[tuple[str, str, int | None, bool | None]] = [
    ("(function(input, context) { return 1; })", "completion", 2, False),
    ("(input) => input", "completion", 1, False),
    ("async (input) => input;", "completion", 1, True),
    ("function main(input) {}\nmain;", "completion", 1, False),
    ("const run = (a, b, c) => a;\nconst other = run;\nother", "completion", 3, False),
    ("function (input) { return input; }", "bare-function", 1, False),
    ("async function (input, context) { return input; }\n", "bare-function", 2, True),
    ("function main(input) {}", "main", 1, False),
    ("const main = async (input) => 1;", "main", 1, True),
    ("var main = function () {};\nconsole.log('loaded');", "main", 0, False),
    ("async function main(input) {}\n'done';", "main", 1, True),
    ("module.exports = (input) => input;", "commonjs", 1, False),
    ("const run = (input) => 1;\nmodule.exports = { main: run };", "commonjs", 1, False),
    ("module.exports = { main(input) {} };", "commonjs", 1, False),
    ("exports.main = async function (input) {};", "commonjs", 1, True),
    ("exports = module.exports = (input) => 1;", "commonjs", 1, False),
    ("export default (input) => input;", "module-default", 1, False),
    ("export default async function run(input, context) {}", "module-default", 2, True),
    ("const run = (input) => 1;\nexport { run as default };", "module-default", 1, False),
    ("export default { main: (input) => 1 };", "module-default", 1, False),
    ("export function main(input) {}", "module-main", 1, False),
    ("const main = (input) => 1;\nexport { main };", "module-main", 1, False),
    ("const main = wrap((input) => 1);", "unknown", None, None),
    ("make();", "unknown", None, None),
    ("module.exports = require('./other.js');", "unknown", None, None),
    ("if (globalThis.x) { module.exports = () => 1; }", "unknown", None, None),
    ("export * from './other.js';", "unknown", None, None),
    ("export { default } from './other.js';", "unknown", None, None),
    ("const x = 1;", "none", None, None),
    ("", "none", None, None),
    ("'hello';", "none", None, None),
    ("export const x = 1;", "none", None, None),
    ("export default 5;", "none", None, None),
    ("class main {}\n({})", "unknown", None, None),
]


@pytest.mark.parametrize(("source", "form", "parameters", "asynchronous"), FORMS)
def test_entry_form_is_told_from_the_tree(
    reader: SourceReader, source: str, form: str, parameters: int | None, asynchronous: bool | None
) -> None:
    found = inspect(reader, source)
    assert found.syntax is None
    assert found.form == form
    assert (found.entry and found.entry.parameters, found.entry and found.entry.asynchronous) == (
        parameters,
        asynchronous,
    )


def test_entry_has_a_position(reader: SourceReader) -> None:
    found = inspect(reader, "const x = '😀'; module.exports = (input) => x;").entry
    assert found is not None
    assert (found.spot.line, found.spot.column) == (1, 33)


def test_suffix_decides_between_module_and_script(reader: SourceReader) -> None:
    assert inspect(reader, "const x = await 1; export default () => x;", "main.mjs").syntax is None
    assert inspect(reader, "export default () => 1;", "main.cjs").syntax is not None
    assert inspect(reader, "export default () => 1;").module


IMPORTS = """
import data from './data.json';
import { a } from "lodash";
export * from './b.js';
const late = () => import('https://example.com/x.js');
export default () => [data, a, late];
"""


def test_imports_are_listed_with_their_positions(reader: SourceReader) -> None:
    found = inspect(reader, IMPORTS).imports
    assert [(item.kind, item.specifier, item.local, item.spot.line, item.spot.column) for item in found] == [
        ("import", "./data.json", True, 2, 18),
        ("import", "lodash", False, 3, 19),
        ("export", "./b.js", True, 4, 15),
        ("dynamic", "https://example.com/x.js", False, 5, 27),
    ]


def test_requires_are_listed_unless_the_file_has_a_require_of_its_own(reader: SourceReader) -> None:
    found = inspect(
        reader, "const fs = require('fs');\ntry { require('./x') } catch {}\nmodule.exports = () => fs;"
    ).imports
    assert [(item.kind, item.specifier, item.certain) for item in found] == [
        ("require", "fs", True),
        ("require", "./x", False),
    ]
    assert inspect(reader, "const require = (x) => x;\nmodule.exports = () => require('fs');").imports == ()


DEFINED = [
    "(input) => { const { a, b: { c = 1 }, ...d } = input; return [a, c, d]; }",
    "(input) => { const [x, , [y] = []] = input; return x + y; }",
    "({ a, b = a }, [c], ...rest) => [a, b, c, rest]",
    "(input) => { later(); function later() { return arguments.length; } }",
    "(input) => { if (input) { var x = 1; } return x; }",
    "(input) => { { function inner() {} } return inner; }",
    "(input) => { for (const [k, v] of Object.entries(input)) console.log(k, v); for (let i = 0; i < 1; i++) i; }",
    "(input) => { for (var k in input); return k; }",
    "(input) => { try { return 1; } catch ({ message }) { return message; } }",
    "(input) => { outer: for (;;) { break outer; } }",
    "(input) => typeof process === 'undefined' ? 1 : process.env",
    "class A { #x = 1; static y = A.z; get x() { return this.#x; } [Symbol.iterator]() {} }\n() => new A()",
    "class A { static w; static { A.w = 2; var q = 1; q; } }\n() => A",
    "(input) => { const f = function g(n) { return n ? g(n - 1) : 0; }; return f(3); }",
    "(input) => { const o = { input, key: 1, method() { return o.key; } }; return o; }",
    "(input) => { switch (input.a) { case 1: let q = 1; return q; default: return undefined; } }",
    "total = 0;\n(input) => { total += 1; return total; }",
    "globalThis.shared = 1;\n(input) => shared",
    "(input) => { with (input) { return anything; } }",
    "(input) => eval('1') + anything",
    "import d, * as all from './x.js';\nimport { a as b } from './y';\nexport default () => [d, all, b, import.meta];",
    "export default class Foo { run() { return new.target ?? Foo; } }",
    "const a = 1;\nexport { a as 'any name', a as main };",
    "(input) => { ({ a: input.x, ...input.y } = input); return NaN + Infinity + globalThis; }",
    "(input) => { const fn = (a, b = () => a) => { var a; return b; }; return fn; }",
    "(input) => global.reportProgress({ progress: 1 })",
]


@pytest.mark.parametrize("source", DEFINED)
def test_defined_names_are_not_warned_about(reader: SourceReader, source: str) -> None:
    found = inspect(reader, source)
    assert found.syntax is None
    assert found.unknown_globals == ()


UNKNOWN = [
    ("(input) => input.a + foo", [("foo", 1, 22)]),
    ("(input) => { { let x = 1; } return x; }", [("x", 1, 36)]),
    ("(input) => ({ process })", [("process", 1, 15)]),
    ("(input) => ({ [key]: 1 })", [("key", 1, 16)]),
    ("({ a = missing }) => a", [("missing", 1, 8)]),
    ("(input) => { try {} catch (e) {} return e; }", [("e", 1, 41)]),
    ("const f = function g() {};\n() => g", [("g", 2, 7)]),
    ("(input) => `${who}`", [("who", 1, 15)]),
    ("(input) => { foo(); foo(); bar(); }", [("foo", 1, 14), ("bar", 1, 28)]),
    ("export default () => { count = 1; }", [("count", 1, 24)]),
    ("export default () => require('./x')", [("require", 1, 22)]),
    ("(input) => { for (const item of items) item; }", [("items", 1, 33)]),
    ("() => window.document", [("window", 1, 7)]),
    ("() => '😀' + Buffer", [("Buffer", 1, 13)]),
]


@pytest.mark.parametrize(("source", "expected"), UNKNOWN)
def test_unknown_globals_are_found(reader: SourceReader, source: str, expected: list[tuple[str, int, int]]) -> None:
    found = inspect(reader, source).unknown_globals
    assert [(item.name, item.spot.line, item.spot.column) for item in found] == expected


def test_known_mistakes_come_with_a_hint(reader: SourceReader) -> None:
    found = inspect(reader, "() => [process, window, document, Buffer, XMLHttpRequest, localStorage, unheard]")
    assert [item.name for item in found.unknown_globals if item.hint is None] == ["unheard"]


def test_types_are_stripped_on_the_same_lines(reader: SourceReader) -> None:
    source = "interface A {\n  b: number;\n}\nexport default (input: A): number => input.b! * 2;\n"
    transpiled = parse_transpiled(reader.transpile(transpile_request(source)))
    assert transpiled.code is not None
    assert transpiled.code.splitlines()[3] == "export default (input) => input.b * 2;"
    assert original_column(transpiled.columns, 4, 27) == 38
    assert original_column(transpiled.columns, 4, 3) == 3


def test_unknown_global_of_a_typescript_file_has_its_own_column(reader: SourceReader) -> None:
    source = "import type { T } from './types';\nexport default (input: T, n: number) => foo(input as any, bar);\n"
    transpiled = parse_transpiled(reader.transpile(transpile_request(source)))
    assert transpiled.code is not None
    request = inspect_request({"main.ts": transpiled.code}, "main.ts", KNOWN)
    found = parse_inspection(reader.inspect(request), transpiled.columns)
    assert [(item.name, item.spot.line, item.spot.column) for item in found.unknown_globals] == [
        ("foo", 2, source.splitlines()[1].index("foo") + 1),
        ("bar", 2, source.splitlines()[1].index("bar") + 1),
    ]
    assert found.imports == ()


def test_syntax_error_in_typescript_has_its_position(reader: SourceReader) -> None:
    transpiled = parse_transpiled(reader.transpile(transpile_request("type A = 1;\nlet b: A = ;\n")))
    assert transpiled.code is None
    assert transpiled.syntax is not None
    assert (transpiled.syntax.spot.line, transpiled.syntax.spot.column) == (2, 12)


def test_typescript_that_only_types_can_explain_still_runs(reader: SourceReader) -> None:
    source = (
        "enum Level { Low = 1, High }\nclass P<T> { constructor(private readonly a: T, protected b?: string) {}\n"
        "  declare z: number; sum(this: P<T>): number { return (<any>this.a) + Level.High; } }\n"
        "export default (input: { x: number }): number => new P(input.x satisfies number).sum();\n"
    )
    transpiled = parse_transpiled(reader.transpile(transpile_request(source)))
    assert transpiled.code is not None
    script = transpiled.code.replace("export default", "globalThis.entry =")
    assert BareEngine().evaluate(f"{script}\nentry({{ x: 40 }})") == 42


def test_problems_name_the_file_and_the_nearest_one(reader: SourceReader) -> None:
    files = {"main.js": "const a = require('./lib/halper');\nmodule.exports = () => a + b;\n", "lib/helper.js": ""}
    found = problems_of(inspect(reader, files["main.js"]), "main.js", files)
    assert [(problem.message, problem.hint, problem.severity) for problem in found] == [
        ("Cannot load `./lib/halper`: the task has no such file", "Did you mean `./lib/helper.js`?", "error"),
        ("`b` is not defined", None, "warning"),
    ]
    assert found[0].place is not None
    assert (found[0].place.line, found[0].place.column, found[0].place.text) == (1, 19, files["main.js"].split("\n")[0])


def test_packages_cannot_be_loaded(reader: SourceReader) -> None:
    files = {
        "main.js": "import _ from 'lodash';\nimport h from 'helper';\nexport default () => [_, h];\n",
        "helper.js": "",
    }
    found = problems_of(inspect(reader, files["main.js"]), "main.js", files)
    assert [(problem.message, problem.hint) for problem in found] == [
        (
            "Cannot load `lodash`: only files of the task can be loaded",
            "Copy what the task needs of it into a file of the task",
        ),
        ("Cannot load `helper`: only files of the task can be loaded", "Did you mean `./helper.js`?"),
    ]


def test_import_that_may_fail_unharmed_is_a_warning(reader: SourceReader) -> None:
    source = "let fs = null;\ntry { fs = require('fs'); } catch {}\nmodule.exports = () => fs;\n"
    found = problems_of(inspect(reader, source), "main.js", {"main.js": source})
    assert [problem.severity for problem in found] == ["warning"]


def test_file_without_a_function_is_an_error_only_where_one_is_needed(reader: SourceReader) -> None:
    found = inspect(reader, "export const x = 1;")
    assert [problem.severity for problem in problems_of(found, "main.js", {})] == ["error"]
    assert problems_of(found, "main.js", {}, needs_entry=False) == []


def test_syntax_error_is_the_only_problem(reader: SourceReader) -> None:
    source = "import x from 'y';\nlet a = ;"
    found = problems_of(inspect(reader, source), "main.js", {"main.js": source})
    assert [problem.message for problem in found] == ["Syntax error: Unexpected token `;`"]


GOOD: dict[str, Any] = {
    "used": [{"kind": "fetch", "text": "https://a.test", "method": "GET", "line": 1, "column": 1}],
    "form": "main",
    "module": False,
    "entry": {"parameters": 1, "async": False, "line": 1, "column": 1},
    "syntax": None,
    "imports": [
        {"kind": "import", "specifier": "./a", "local": True, "certain": True, "names": [], "line": 1, "column": 2}
    ],
    "unknown": [{"name": "x", "hint": None, "line": 1, "column": 2}],
}
BAD: list[Any] = [
    None,
    [],
    {**GOOD, "form": "other"},
    {**GOOD, "form": 1},
    {**GOOD, "module": "yes"},
    {**GOOD, "entry": []},
    {**GOOD, "entry": {**GOOD["entry"], "line": True}},
    {**GOOD, "entry": {**GOOD["entry"], "line": 1 << 40}},
    {**GOOD, "entry": {**GOOD["entry"], "column": -1}},
    {**GOOD, "imports": {}},
    {**GOOD, "imports": [{**GOOD["imports"][0], "names": [1]}]},
    {**GOOD, "exports": "all"},
    {**GOOD, "exports": [1]},
    {**GOOD, "imports": GOOD["imports"] * 201},
    {**GOOD, "imports": [{**GOOD["imports"][0], "kind": "glob"}]},
    {**GOOD, "unknown": [{**GOOD["unknown"][0], "name": "x" * 3_000}]},
    {**GOOD, "syntax": "boo"},
    {**GOOD, "used": [{**GOOD["used"][0], "kind": "read"}]},
    {**GOOD, "used": [{**GOOD["used"][0], "text": 5}]},
]


@pytest.mark.parametrize("value", BAD)
def test_answer_of_another_shape_is_refused(value: Any) -> None:
    parse_inspection(GOOD)
    with pytest.raises(EngineCrash):
        parse_inspection(value)


@pytest.mark.parametrize("columns", [[], {"x": []}, {"1": 1}, {"1": [[1]]}, {"1": [[1, "2"]]}, {"1": [[0, 1]]}])
def test_odd_columns_are_refused(columns: Any) -> None:
    with pytest.raises(EngineCrash):
        parse_transpiled({"code": "", "columns": columns, "syntax": None})


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["form", "entry", "line", "imports", "kind"]), inner)
    ),
    max_leaves=8,
)


@given(JSON_VALUES, st.sampled_from(sorted(GOOD)))
def test_answer_is_taken_or_refused_and_nothing_else(value: Any, field: str) -> None:
    with contextlib.suppress(EngineCrash):
        assert isinstance(parse_inspection(json.loads(json.dumps({**GOOD, field: value}))), Inspection)
