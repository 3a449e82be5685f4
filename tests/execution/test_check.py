"""Problems that only show when the files of a task are looked at together."""

from __future__ import annotations

import pytest

from ratchet import Runtime, run
from ratchet.errors import InvalidTask
from ratchet.execution.check import check_sources
from tests.conftest import MakeTask

MAIN = 'import {{ {name} }} from "{module}";\nexport default () => {name}();\n'
MODULES = {
    "declarations": "export const sum = 1, total = 2; export function mean() {} export class Box {}",
    "a list": "const a = 1; export { a as sum, a as mean };",
    "a pattern": "export const { sum, rest: [mean] } = { sum: 1, rest: [2] };",
    "another's names": 'export { sum, mean } from "./other.js";',
    "CommonJS": "exports.sum = 1; module.exports.mean = 2;",
    "a CommonJS object": "module.exports = { sum, mean() {} }; function sum() {}",
}


def problems(runtime: Runtime, make_task: MakeTask, files: dict[str, str]) -> list[tuple[str, int, int, str | None]]:
    found = check_sources(runtime, make_task({"other.js": "export const sum = 1, mean = 2;", **files}))
    return [
        (problem.message, problem.place.line or 0, problem.place.column or 0, problem.hint)
        for problem in found
        if problem.place is not None
    ]


@pytest.mark.parametrize("text", MODULES.values(), ids=MODULES)
def test_import_of_a_name_that_a_module_exports_is_no_problem(runtime: Runtime, make_task: MakeTask, text: str) -> None:
    files = {"main.js": MAIN.format(name="mean", module="./lib.js"), "lib.js": text}
    assert problems(runtime, make_task, files) == []


@pytest.mark.parametrize("text", MODULES.values(), ids=MODULES)
def test_import_of_a_name_that_a_module_does_not_export_is_found(
    runtime: Runtime, make_task: MakeTask, text: str
) -> None:
    files = {"main.js": MAIN.format(name="summ", module="./lib.js"), "lib.js": text}
    assert problems(runtime, make_task, files) == [("`lib.js` does not export `summ`", 1, 10, "Did you mean `sum`?")]


def test_missing_default_export_is_found(runtime: Runtime, make_task: MakeTask) -> None:
    files = {"main.js": 'import lib from "./lib.js";\nexport default () => lib;\n', "lib.js": "export const a = 1;"}
    assert problems(runtime, make_task, files) == [("`lib.js` does not export `default`", 1, 8, "It exports `a`")]


def test_names_that_a_module_passes_on_unseen_are_left_to_the_engine(runtime: Runtime, make_task: MakeTask) -> None:
    files = {"main.js": MAIN.format(name="mean", module="./lib.js"), "lib.js": 'export * from "./other.js";'}
    assert problems(runtime, make_task, files) == []


@pytest.mark.parametrize("load", ['import data from "./data.json";', 'const data = require("./data.json");'])
def test_broken_json_that_a_module_loads_is_found(runtime: Runtime, make_task: MakeTask, load: str) -> None:
    files = {"main.js": load + "\nfunction main() { return data; }\n", "data.json": '{"a": 1,\n "b": }'}
    if load.startswith("import"):
        files["main.js"] = files["main.js"].replace("function", "export function")
    hint = "JSON has double-quoted strings, numbers, `true`, `false`, `null`"
    assert problems(runtime, make_task, files) == [("Unexpected `}`", 2, 7, hint)]


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[" * 1200 + "]" * 1200, "1" * 5000])
def test_json_that_the_engine_can_read_is_no_problem(runtime: Runtime, make_task: MakeTask, text: str) -> None:
    files = {"main.js": 'import data from "./data.json";\nexport default () => data;\n', "data.json": text}
    assert problems(runtime, make_task, files) == []


def test_broken_json_that_nothing_loads_is_left_alone(runtime: Runtime, make_task: MakeTask) -> None:
    files = {"main.js": 'import other from "./other.js";\nexport default () => other;\n', "data.json": "{"}
    files["other.js"] = "export default 1;"
    assert problems(runtime, make_task, files) == []


def test_run_is_refused_at_the_name_that_is_not_exported(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task({"main.js": MAIN.format(name="gone", module="./lib.js"), "lib.js": "export const a = 1;"})
    with pytest.raises(InvalidTask, match=r"`lib\.js` does not export `gone`") as refusal:
        run(runtime, task, None)
    place = refusal.value.place
    assert place is not None
    assert (place.line, place.column, place.text) == (1, 10, 'import { gone } from "./lib.js";')


def test_syntax_error_of_a_file_loaded_on_the_way_is_told_by_the_parser(runtime: Runtime, make_task: MakeTask) -> None:
    main = "module.exports = () => {\n  return require('./lib.js');\n};\n"
    execution = run(runtime, make_task({"main.js": main, "lib.js": "exports.f = () => {\n  let x = ;\n};\n"}), None)
    error = execution.error
    assert error is not None
    assert error.place is not None
    assert (error.code, error.name, error.message) == ("script_error", "SyntaxError", "Unexpected token `;`")
    assert (error.place.file.endswith("lib.js"), error.place.line, error.place.column) == (True, 2, 11)
    assert "main.js:2" in (error.stack or "")


def test_syntax_error_that_a_task_provokes_stays_its_own(runtime: Runtime, make_task: MakeTask) -> None:
    execution = run(runtime, make_task("() => JSON.parse('{')"), None)
    assert execution.error is not None
    assert execution.error.name == "SyntaxError"
    assert "Unexpected token" not in execution.error.message
