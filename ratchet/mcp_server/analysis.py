"""`analyze_error`: what is known about an execution that failed, and the call to make next."""

from __future__ import annotations

import json

from ratchet.errors import InvalidInput
from ratchet.execution.document import Execution
from ratchet.mcp_server.schemas import ANYTHING, EXECUTION_ID, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.registry.catalogue import Catalogue
from ratchet.task.model import Task
from ratchet.values import JsonObject, Place

_LINES_AROUND = 3
_LINES_OF_CONSOLE = 20


def _analyze_error(call: Call) -> Answer:
    execution = call.workshop.executions.find(call.arguments["execution_id"]).look()
    error = execution.error
    if error is None:
        raise InvalidInput(f"The execution `{execution.id}` is {execution.status}: there is no error to analyse")
    place = error.place or Place("")
    document = execution.to_json()
    return Answer(
        {
            "execution_id": execution.id,
            "task": f"{execution.task.name}@{execution.task.version}",
            "code": error.code,
            "what": error.sentence,
            "file": place.file or None,
            "line": place.line,
            "column": place.column,
            "source": _source_lines(call.workshop.catalogue, execution, place),
            "stack": error.stack,
            "problems": error.details if isinstance(error.details, list) else [],
            "requests": document["requests"],
            "console": [line.text for line in execution.console[-_LINES_OF_CONSOLE:]],
            "limits": document["limits"],
            "used": document["used"],
            "hint": error.hint,
            "next": f"describe_task {json.dumps({'task': execution.task.name})}",
        }
    )


def _source_lines(catalogue: Catalogue, execution: Execution, place: Place) -> list[str]:
    """Return the lines around a place with their numbers: of the file as it ran, else the one line that is known."""
    if place.line is None:
        return []
    text = _text_of(_as_it_ran(catalogue, execution), place)
    if text is None:
        return [] if place.text is None else [f"{place.line}: {place.text}"]
    lines = text.splitlines()
    first = max(1, place.line - _LINES_AROUND)
    return [
        f"{number}: {lines[number - 1]}" for number in range(first, min(len(lines), place.line + _LINES_AROUND) + 1)
    ]


def _as_it_ran(catalogue: Catalogue, execution: Execution) -> Task | None:
    for offer in catalogue.read():
        for entry in offer.contents.entries:
            if entry.digest == execution.task.digest:
                return entry.load()
    return None


def _text_of(task: Task | None, place: Place) -> str | None:
    if task is None:
        return None
    found = [data for path, data in task.files.items() if task.path_of(path) == place.file]
    return found[0].decode("utf-8", "replace") if found else None


_NUMBER_OR_NULL: JsonObject = {"type": ["integer", "null"]}

ANALYZE_ERROR = Tool(
    "analyze_error",
    "Explain a failed execution",
    "Say what failed and where, with the source lines around it, the schema problems, the requests that were made, the "
    "console and the limits. Everything in it was observed.",
    {"execution_id": "019a0c5e-7d3b-7000-8000-000000000000"},
    record({"execution_id": EXECUTION_ID}),
    record(
        {
            "execution_id": EXECUTION_ID,
            "task": TEXT,
            "code": described(TEXT, "The kind of error, such as `script_error`"),
            "what": TEXT,
            "file": TEXT_OR_NULL,
            "line": _NUMBER_OR_NULL,
            "column": _NUMBER_OR_NULL,
            "source": described(listed(TEXT), "Lines around the place, each after its number"),
            "stack": TEXT_OR_NULL,
            "problems": described(listed(ANYTHING), "What does not fit a schema, each with a JSON Pointer"),
            "requests": listed(ANYTHING),
            "console": listed(TEXT),
            "limits": {"type": "object"},
            "used": {"type": "object"},
            "hint": TEXT_OR_NULL,
            "next": described(TEXT, "The call that shows the whole task"),
        }
    ),
    _analyze_error,
)
