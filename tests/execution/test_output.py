"""What a task returns becomes JSON, or an error that says why not and where."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ratchet import Limits, Runtime, run
from ratchet.execution.document import ExecutionError
from tests.conftest import MakeTask, RunSource
from tests.engine.differences import expected_on

ON_EACH_ENGINE = True

OUTPUTS: dict[str, tuple[str, Any]] = {
    "null": ("() => null", None),
    "false": ("async () => false", False),
    "an empty text": ("() => ''", ""),
    "a date": ("() => new Date(0)", "1970-01-01T00:00:00.000Z"),
    "toJSON": ("() => ({ toJSON() { return { k: 1 } } })", {"k": 1}),
    "numbers JSON has no name for": ("() => [NaN, Infinity, -Infinity, -0]", [None, None, None, 0]),
    "NaN alone": ("() => NaN", None),
    "what vanishes": (
        "() => ({ a: () => 1, b: undefined, c: Symbol(), d: [undefined, () => 1] })",
        {"d": [None, None]},
    ),
    "a map": ("() => new Map([[1, 2]])", {}),
    "bytes": ("() => new Uint8Array(2)", {"0": 0, "1": 0}),
    "a proxy": ("() => new Proxy({ a: 1 }, {})", {"a": 1}),
    "boxed values": ("() => [new Number(3), new String('s'), new Boolean(false)]", [3, "s", False]),
    "a lone surrogate": ("() => '\\ud800'", "\ud800"),
    "a __proto__ key": ("() => JSON.parse('{\"__proto__\": 1}')", {"__proto__": 1}),
    "an error": ("() => [new Error('x')]", [{}]),
    "a promise inside": ("() => ({ p: Promise.resolve(1) })", {"p": {}}),
    "a BigInt that the task can write": (
        "() => { BigInt.prototype.toJSON = function () { return `${this}` }; return [10n] }",
        ["10"],
    ),
}


@pytest.mark.parametrize(("source", "output"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_output_is_what_json_makes_of_it(run_source: RunSource, source: str, output: Any) -> None:
    execution = run_source(source)
    assert (execution.error, execution.output) == (None, output)


def test_context_can_be_returned(run_source: RunSource) -> None:
    execution = run_source("(input, context) => context")
    assert execution.output["executionId"] == execution.id
    assert {
        "taskName": "probe",
        "taskVersion": "1.0.0",
        "attempt": 1,
        "jobId": None,
    }.items() <= execution.output.items()


REFUSED = {
    "nothing": ("() => {}", "The task returned nothing"),
    "nothing, later": ("async () => {}", "The task returned nothing"),
    "a function": ("() => () => 1", "The task returned a function, which JSON cannot hold"),
    "a function, later": ("async () => () => 1", "The task returned a function, which JSON cannot hold"),
    "a symbol": ("() => Symbol('s')", "The task returned a symbol, which JSON cannot hold"),
    "a BigInt": ("() => 1n", "The task returned a BigInt, which JSON cannot hold"),
    "a BigInt inside": (
        "() => ({ a: { 'x/y~z': [1, 2n] } })",
        "The output holds a BigInt at `/a/x~1y~0z/1`, which JSON cannot hold",
    ),
    "a cycle": (
        "() => { const o = { a: {} }; o.a.b = o; return o }",
        "The output holds a cycle at `/a/b`, which JSON cannot hold",
    ),
    "a cycle of arrays": (
        "() => { const a = []; a.push(a); return a }",
        "The output holds a cycle at `/0`, which JSON cannot hold",
    ),
    "toJSON that gives nothing": (
        "() => ({ toJSON() {} })",
        "The task returned a value that JSON leaves out, which JSON cannot hold",
    ),
    "depth 501": (
        "() => { let o = []; for (let i = 1; i < 501; i++) o = [o]; return o }",
        "The output is nested more than 500 deep",
    ),
    "depth 1200": (
        "() => { let o = {}; for (let i = 1; i < 1200; i++) o = { o }; return o }",
        "The output is nested more than 500 deep",
    ),
    "depth beyond the engine's own": (
        "() => { let o = {}; for (let i = 0; i < 100000; i++) o = { o }; return o }",
        "The task returned a value nested too deeply, which JSON cannot hold",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_output_that_json_cannot_hold_is_invalid(run_source: RunSource, engine: str, name: str) -> None:
    source, message = REFUSED[name]
    error = failure_of(run_source, source)
    assert (error.code, error.message) == expected_on(engine, name, ("invalid_output", message))


@pytest.mark.parametrize("source", [REFUSED["nothing"][0], REFUSED["a function"][0], REFUSED["a BigInt"][0]])
def test_invalid_output_comes_with_a_hint(run_source: RunSource, source: str) -> None:
    assert failure_of(run_source, source).hint


def test_output_of_depth_500_is_fine(run_source: RunSource) -> None:
    execution = run_source("() => { let o = []; for (let i = 1; i < 500; i++) o = [o]; return o }")
    assert execution.error is None
    assert execution.output_json == "[" * 500 + "]" * 500


def test_error_thrown_while_the_output_is_written_is_the_tasks_own(run_source: RunSource) -> None:
    error = failure_of(run_source, "() => ({ get a() { throw new RangeError('mine') } })")
    assert (error.code, error.name, error.message) == ("script_error", "RangeError", "mine")


def test_output_up_to_the_limit_is_returned_and_one_more_byte_is_not(run_source: RunSource) -> None:
    limits = Limits(output_bytes=100)
    assert run_source("(size) => 'x'.repeat(size)", 98, limits).error is None
    error = failure_of(run_source, "(size) => 'x'.repeat(size)", 99, limits)
    assert (error.code, error.message) == ("output_limit", "The output is 101 bytes, above the limit of 100")


def test_output_limit_counts_bytes(run_source: RunSource) -> None:
    assert failure_of(run_source, "() => 'é'.repeat(60)", None, Limits(output_bytes=100)).code == "output_limit"


def test_output_far_beyond_the_limit_is_the_same_error(run_source: RunSource) -> None:
    assert failure_of(run_source, "(input) => input", "x" * 10_000_000).code == "output_limit"


def test_output_that_does_not_fit_its_schema_is_invalid(run_source: RunSource) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}
    error = failure_of(run_source, {"main.js": "() => ({ a: 1 })", "output.schema.json": schema})
    assert error.code == "invalid_output"
    assert error.message.endswith("probe/output.schema.json`")
    assert sorted(detail["pointer"] for detail in error.details) == ["", "/a"]


def test_output_that_fits_its_schema_completes(run_source: RunSource) -> None:
    files = {"main.js": "() => [1]", "output.schema.json": json.dumps({"items": {"type": "integer"}})}
    assert run_source(files).status == "completed"


def failure_of(run_source: RunSource, *arguments: Any) -> ExecutionError:
    """Run a source and return its error."""
    error = run_source(*arguments).error
    assert error is not None
    return error


def test_schemas_are_not_checked_when_the_operator_says_so(make_task: MakeTask) -> None:
    schema = {"type": "string"}
    task = make_task({"main.js": "(input) => input", "input.schema.json": schema, "output.schema.json": schema})
    with Runtime(validate_schemas=False) as lenient:
        assert run(lenient, task, 5).output == 5
