"""Files of a task that load each other, in every way that people write, and what cannot be loaded."""

from __future__ import annotations

from typing import Any

import pytest

from ratchet.errors import InvalidTask
from ratchet.execution.document import ExecutionError
from tests.conftest import RunSource

ON_EACH_ENGINE = True

FILES: dict[str, Any] = {
    "lib/x.js": "exports.y = 5;\nexports.names = () => [__dirname, __filename, module.id];\n"
    "exports.up = () => require('../data.json').list;",
    "lib/index.js": "module.exports = { name: 'index' }",
    "lib/plain.js": "export const q = 4;\nexport default () => 9;",
    "lib/notes.js": "/*\nimport notes from people\n*/\nmodule.exports = 'notes'",
    "lib/function.js": "module.exports = (x) => x + 1;\nmodule.exports.extra = 4;",
    "lib/c.cjs": "exports.kind = 'cjs'",
    "lib/m.mjs": "export const kind = 'mjs'; export default 'default'",
    "lib/t.ts": "export enum Color { Red, Green = 'g' }\nexport interface I { a: number }\nexport const id ="
    " <T,>(x: T): T => x;",
    "lib/deep/er.js": "module.exports = require('../x').y + 1",
    "data.json": '{"list": [1, {"__proto__": 2}]}',
    "a.js": "exports.early = 1; exports.b = require('./b').seen; exports.late = 2;",
    "b.js": "const a = require('./a'); exports.seen = [a.early, a.late === undefined];",
    "ring-a.js": "import { g } from './ring-b.js'; export const f = () => g(); export const one = 1;",
    "ring-b.js": "import { one } from './ring-a.js'; export const g = () => one + 1;",
}
LIST = [1, {"__proto__": 2}]
LOADS = {
    "a script": ("module.exports = () => require('./lib/x.js').y", 5),
    "without a suffix": ("module.exports = () => require('./lib/x').y", 5),
    "a folder": ("module.exports = () => require('./lib').name", "index"),
    "a folder with a slash": ("module.exports = () => require('./lib/').name", "index"),
    "JSON": ("module.exports = () => require('./data.json').list", LIST),
    "JSON without a suffix": ("module.exports = () => require('./data').list", LIST),
    "from the top of a completion value": ("const { y } = require('./lib/x.js');\n(input) => y", 5),
    "from the top of a declared main": ("const { y } = require('./lib/x.js');\nconst main = () => y", 5),
    "through another folder": ("module.exports = () => require('./lib/deep/../deep/er')", 6),
    "up and down": ("module.exports = () => require('./lib/x').up()", LIST),
    "names of a module": ("module.exports = () => require('./lib/x').names()", ["lib", "lib/x.js", "lib/x.js"]),
    "once": ("module.exports = () => require('./lib/x') === require('./lib/x.js')", True),
    "a cycle": ("module.exports = () => require('./a')", {"early": 1, "b": [1, True], "late": 2}),
    "cjs": ("module.exports = () => require('./lib/c.cjs').kind", "cjs"),
    "words in a comment": ("module.exports = () => require('./lib/notes')", "notes"),
    "an ES module": ("import nine, { q } from './lib/plain.js'; export default () => [nine(), q]", [9, 4]),
    "an ES module without a suffix": ("import { q } from './lib/plain'; export default () => q", 4),
    "a namespace": ("import * as all from './lib/plain.js'; export default () => Object.keys(all)", ["default", "q"]),
    "JSON as a module": ("import data from './data.json'; export default () => data.list", LIST),
    "JSON with an attribute": (
        "import data from './data.json' with { type: 'json' };\nexport default () => data.list",
        LIST,
    ),
    "names of CommonJS": ("import { y, up } from './lib/x.js'; export default () => [y, up()]", [5, LIST]),
    "the default of CommonJS": ("import x from './lib/x.js'; export default () => x.y", 5),
    "a function of CommonJS": (
        "import f, { extra } from './lib/function.js'; export default () => [f(1), extra]",
        [2, 4],
    ),
    "a ring": ("import { f } from './ring-a.js'; export default () => f()", 2),
    "mjs": ("import d, { kind } from './lib/m.mjs'; export default () => [d, kind]", ["default", "mjs"]),
    "TypeScript": ("import { Color, id } from './lib/t.ts'; export default () => id(Color.Green)", "g"),
    "TypeScript as what it becomes": ("import { Color } from './lib/t.js'; export default () => Color.Green", "g"),
    "exports from elsewhere": ("export { default } from './lib/plain.js'", 9),
    "dynamic import in a module": ("export default async () => (await import('./lib/plain.js')).q", 4),
    "dynamic import in a script": ("async function main() { return (await import('./lib/plain.js')).q }", 4),
    "dynamic import of CommonJS": ("async function main() { return (await import('./lib/x.js')).default.y }", 5),
    "dynamic import of JSON": ("async function main() { return (await import('./data.json')).default.list }", LIST),
    "dynamic import of a computed name": ("async (i) => (await import(`./lib/${i}.js`)).q", 4),
    "dynamic import in a required file": ("module.exports = () => require('./lib/later.js')()", 4),
    "missing and caught": (
        "module.exports = () => { try { require('./gone') } catch (e) { return [e.code, e instanceof Error] } }",
        ["MODULE_NOT_FOUND", True],
    ),
    "missing import and caught": (
        "async () => { try { await import('./gone') } catch (e) { return e.name } }",
        "ReferenceError",
    ),
}


@pytest.mark.parametrize(("source", "output"), LOADS.values(), ids=LOADS.keys())
def test_file_of_the_task_is_loaded(run_source: RunSource, source: str, output: Any) -> None:
    later = {"lib/later.js": "module.exports = async () => (await import('./plain.js')).q"}
    execution = run_source({"main.js": source, **FILES, **later}, "plain")
    assert (execution.error, execution.output) == (None, output)


def test_typescript_imports_typescript(run_source: RunSource) -> None:
    source = (
        "import type { I } from './lib/t';\nimport { id, type I as J } from './lib/t.js';\nexport const main ="
        " (i: I & J) => id(i.a)"
    )
    assert run_source({"main.ts": source, **FILES}, {"a": 3}).output == 3


FAILURES = {
    "escape": ("\nmodule.exports = () => require('../secret.js')", "../secret.js", 2),
    "escape after a detour": ("module.exports = () => require('./lib/../../secret.js')", "./lib/../../secret.js", 1),
    "absolute path": ("module.exports = () => require('/etc/passwd')", "/etc/passwd", 1),
    "module of Node": ("\n\n  const fs = require('fs');\nmodule.exports = () => 1", "fs", 3),
    "package": ("module.exports = () => {\n  return require('lodash') }", "lodash", 2),
    "missing file": ("module.exports = () => {\n  return require('./gone.js') }", "./gone.js", 2),
    "dynamic import": ("async function main() {\n  await import('./gone.js') }", "./gone.js", 2),
    "dynamic import of a module of Node": ("async function main() {\n\n  await import('fs') }", "fs", 3),
}


@pytest.mark.parametrize(("source", "asked", "line"), FAILURES.values(), ids=FAILURES.keys())
def test_what_cannot_be_loaded_is_named_with_its_place(
    run_source: RunSource, source: str, asked: str, line: int
) -> None:
    error = failure_of(run_source, source)
    assert error.code == "script_error"
    assert f"'{asked}'" in error.message
    assert error.place is not None
    assert (error.place.file.endswith("probe/main.js"), error.place.line) == (True, line)


REFUSALS = {
    "import of a module of Node": ("\nimport fs from 'node:fs';\nexport default () => fs", "node:fs", 2),
    "import of a package": ("\nimport _ from 'lodash';\nexport default () => _", "lodash", 2),
    "import of a missing file": ("import {\n  q,\n} from './gone.js';\nexport default () => q", "./gone.js", 3),
    "import outside": ("import q from '../../x.js';\nexport default () => q", "../../x.js", 1),
    "import of an address": (
        "import q from 'https://example.com/x.js';\nexport default () => q",
        "https://example.com/x.js",
        1,
    ),
}


@pytest.mark.parametrize(("source", "asked", "line"), REFUSALS.values(), ids=REFUSALS.keys())
def test_declared_import_that_cannot_be_loaded_is_refused_with_its_place(
    run_source: RunSource, source: str, asked: str, line: int
) -> None:
    with pytest.raises(InvalidTask) as refused:
        run_source({"main.js": source, **FILES})
    place = refused.value.place
    assert refused.value.message.startswith(f"Cannot load `{asked}`: ")
    assert place is not None
    assert (place.file.endswith("probe/main.js"), place.line) == (True, line)


def test_require_of_an_es_module_says_what_to_write(run_source: RunSource) -> None:
    error = failure_of(run_source, "module.exports = () => require('./lib/plain.js')")
    assert error.message == "'lib/plain.js' is an ES module: load it with `import`, not `require`"


def test_require_in_a_module_is_not_there(run_source: RunSource) -> None:
    error = failure_of(run_source, "const x = require('./lib/x.js');\nexport default () => x")
    assert (error.name, error.message) == ("ReferenceError", "require is not defined")


def test_error_thrown_by_a_required_file_has_its_place(run_source: RunSource) -> None:
    error = failure_of(run_source, "require('./lib/bad.js');\nfunction main() {}", bad="\n\n  throw new Error('no')")
    assert error.place is not None
    assert (error.place.file[-10:], error.place.line) == ("lib/bad.js", 3)


def test_json_that_cannot_be_read_is_named(run_source: RunSource) -> None:
    error = failure_of(run_source, "module.exports = () => require('./lib/bad.json')", **{"bad.json": '{"a":}'})
    assert error.name == "SyntaxError"
    assert error.message.startswith("lib/bad.json: ")


def test_syntax_error_in_an_imported_file_is_refused_with_its_place(run_source: RunSource) -> None:
    with pytest.raises(InvalidTask, match="Syntax error") as refused:
        run_source(
            {
                "main.js": "import './bad.mjs';\nexport default () => 1",
                "bad.mjs": "export const x = 1;\nexport const y = ;",
            }
        )
    place = refused.value.place
    assert place is not None
    assert (place.file.endswith("probe/bad.mjs"), place.line, place.column) == (True, 2, 18)


def test_syntax_error_in_a_required_file_fails_with_its_place(run_source: RunSource) -> None:
    error = failure_of(
        run_source, "console.log(1);\nrequire('./lib/bad');\nfunction main() {}", bad="exports.x = 1;\nexports.y = ;"
    )
    assert error.place is not None
    assert (error.name, error.place.file[-10:], error.place.line) == ("SyntaxError", "lib/bad.js", 2)


def test_name_that_a_module_does_not_export_is_refused(run_source: RunSource) -> None:
    with pytest.raises(InvalidTask, match=r"`lib/plain\.js` does not export `gone`"):
        run_source({"main.js": "import { gone } from './lib/plain.js';\nexport default () => gone", **FILES})


def failure_of(run_source: RunSource, source: str, **lib: str) -> ExecutionError:
    """Run a source among the files and return its error."""
    added = {f"lib/{name if '.' in name else name + '.js'}": text for name, text in lib.items()}
    error = run_source({"main.js": source, **FILES, **added}).error
    assert error is not None
    return error
