"""`validate_task`: every problem of a task, also of one that is not written yet."""

from __future__ import annotations

import json

from ratchet.errors import InvalidInput, InvalidTask
from ratchet.execution.check import check_task, problems_in
from ratchet.mcp_server.schemas import ANYTHING, FLAG, PROBLEM, TASK, TEXT, described, listed, record
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.task.load import build_task
from ratchet.task.model import Task
from ratchet.task.problem_document import problem_json
from ratchet.values import JsonObject, Problem

_DRAFT = "draft"


def _validate_task(call: Call) -> Answer:
    if ("task" in call.arguments) == ("source" in call.arguments):
        # Not said in the schema: clients refuse tools that have `oneOf` at its root.
        raise InvalidInput("Either `task` or `source` is needed, not both", hint="Name a task, or pass its source")
    try:
        task = _draft(call.arguments) if "source" in call.arguments else _found(call)
    except InvalidTask as error:
        return _report(problems_in(error))
    return _report(check_task(call.workshop.runtime, task))


def _found(call: Call) -> Task:
    task, _ = call.workshop.catalogue.find(call.arguments["task"])
    return task


def _draft(arguments: JsonObject) -> Task:
    """Return a task of the files in a call."""
    files = {"metadata.json": {"version": "0.1.0", "label": "Draft", "description": "Not saved"}}
    files |= {f"{side}.schema.json": arguments.get(f"{side}_schema", True) for side in ("input", "output")}
    texts = {path: json.dumps(value).encode() for path, value in files.items()}
    return build_task(_DRAFT, "", _DRAFT, {**texts, "main.js": arguments["source"].encode()}, foreign=True)


def _report(problems: list[Problem]) -> Answer:
    valid = not any(problem.severity == "error" for problem in problems)
    return Answer({"valid": valid, "problems": [problem_json(problem) for problem in problems]})


VALIDATE_TASK = Tool(
    "validate_task",
    "Check a task",
    "Report every problem of a task without running it: its metadata, schemas, source and imports. Name a `task`, or "
    "pass the `source` of one that is not saved.",
    {"source": "export default (input) => ({ total: input.a + input.b });"},
    record(
        {},
        {
            "task": TASK,
            "source": described(TEXT, "JavaScript that is not saved"),
            "input_schema": described(ANYTHING, "With `source`: the JSON Schema of its input"),
            "output_schema": described(ANYTHING, "With `source`: the JSON Schema of its output"),
        },
    ),
    record({"valid": FLAG, "problems": listed(PROBLEM)}),
    _validate_task,
)
