"""Every `Execution` document fits the JSON Schema that is shipped with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import ratchet.execution
from ratchet import Limits, Runtime, run
from ratchet.execution.document import ConsoleLine, Execution, new_execution_id
from ratchet.execution.listener import Silent
from ratchet.sandbox.cancellation import Cancellation
from tests.conftest import MakeTask, RunSource

SCHEMA: dict[str, Any] = json.loads(
    (Path(ratchet.execution.__file__).parent / "execution.schema.json").read_text("utf-8")
)


def closed(schema: Any) -> Any:
    """Return a schema that allows no field that it does not name: readers tolerate more, we write no more."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items() if key != "allOf"}
    return (
        {**parts, "additionalProperties": False}
        if "object" in parts.get("type", ()) and "properties" in parts
        else parts
    )


def problems_of(document: Any) -> list[str]:
    """Return what does not fit, by the schema as it is and by the closed one."""
    validators = [
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for schema in (SCHEMA, closed(SCHEMA))
    ]
    return [
        f"{error.json_path}: {error.message}" for validator in validators for error in validator.iter_errors(document)
    ]


def document_of(execution: Execution) -> Any:
    """Return the document as a reader gets it."""
    return json.loads(json.dumps(execution.to_json(), allow_nan=False))


SOURCES = {
    "completed": "(input, context) => { console.warn('w'); context.progress(1, 2, 'm', { a: [1] }); return { input } }",
    "null output": "() => null",
    "an error": "() => { throw Object.assign(new RateLimitError('slow', { cause: new Error('c') }), { code:"
    " 'E_SLOW' }) }",
    "something thrown": "() => { throw 'words' }",
    "a BigInt": "() => ({ a: 1n })",
    "a loop": "() => { for (;;); }",
    "a native loop": "() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
    "a promise that never settles": "() => new Promise(() => {})",
    "too many timers": "() => { for (;;) setTimeout(() => {}, 1e6) }",
    "too large an output": "() => 'x'.repeat(5e6)",
    "a lone surrogate": "() => { console.log('\\ud800'); return '\\ud800' }",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_document_fits_the_schema(run_source: RunSource, source: str) -> None:
    limits = Limits(timeout_seconds=0.3, cpu_seconds=0.2, grace_seconds=0.1)
    assert problems_of(document_of(run_source(source, {"a": 1}, limits))) == []


class Canceller(Silent):
    """A listener that cancels at the first line."""

    def __init__(self) -> None:
        self.cancellation = Cancellation()

    def console(self, line: ConsoleLine) -> None:
        """Cancel."""
        self.cancellation.cancel()


def test_document_of_a_cancelled_execution_fits_the_schema(runtime: Runtime, make_task: MakeTask) -> None:
    listener = Canceller()
    task = make_task("() => { console.log('running'); for (;;); }")
    document = document_of(run(runtime, task, None, listener=listener, cancellation=listener.cancellation))
    assert problems_of(document) == []
    assert (document["status"], document["error"]["code"], document["output"]) == ("cancelled", "cancelled", None)


def test_document_of_an_output_that_does_not_fit_its_schema_fits_ours(run_source: RunSource) -> None:
    files = {"main.js": "() => ({ 'a/b': 1 })", "output.schema.json": {"additionalProperties": {"type": "string"}}}
    document = document_of(run_source(files))
    assert problems_of(document) == []
    assert document["error"]["details"][0]["pointer"] == "/a~1b"


def test_completed_document_says_what_ran(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("(input) => input.a")
    execution = run(runtime, task, {"a": 5}, execution_id=new_execution_id())
    document = document_of(execution)
    assert document["task"] == {"name": "probe", "version": "1.0.0", "digest": task.digest, "source": task.location}
    assert (document["id"], document["status"], document["input"], document["output"]) == (
        execution.id,
        "completed",
        {"a": 5},
        5,
    )
    assert document["created_at"] <= document["finished_at"]
    assert document["used"].keys() == {"cpu_ms", "memory_peak_bytes", "fetches", "output_bytes"}
    assert document["engine"]["isolation"]["missing"] == []


@pytest.mark.parametrize(
    "path", ["id", "task.digest", "status", "created_at", "limits.timers", "console", "attempt", "error"]
)
def test_schema_notices_a_field_that_is_wrong_or_gone(run_source: RunSource, path: str) -> None:
    document = document_of(run_source("() => 1"))
    *above, name = path.split(".")
    part = document
    for key in above:
        part = part[key]
    part[name] = False
    assert problems_of(document)
    del part[name]
    assert problems_of(document)


def test_schema_ties_output_and_error_to_the_status(run_source: RunSource) -> None:
    document = document_of(run_source("() => 1"))
    assert problems_of({**document, "status": "failed"})
    assert problems_of({**document, "status": "running"})


def test_schema_tolerates_fields_of_the_future(run_source: RunSource) -> None:
    document = document_of(run_source("() => 1"))
    Draft202012Validator(SCHEMA).validate({**document, "mood": "good", "used": {**document["used"], "joules": 1}})


def test_every_part_of_the_schema_is_described() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    undescribed = []

    def visit(name: str, part: Any) -> None:
        if "description" not in part:
            undescribed.append(name)
        for key, inner in part.get("properties", {}).items():
            visit(f"{name}.{key}", inner)
        if part.get("items", {}).get("type") == "object":
            visit(f"{name}[]", part["items"])

    visit("execution", SCHEMA)
    assert undescribed == []


def test_execution_ids_are_uuids_of_version_7_that_sort_by_time() -> None:
    ids = [new_execution_id() for _ in range(100)]
    assert len(set(ids)) == 100
    assert all(re.fullmatch(SCHEMA["properties"]["id"]["pattern"], one) for one in ids)
    assert [one[:13] for one in ids] == sorted(one[:13] for one in ids)
