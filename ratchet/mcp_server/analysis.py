"""`analyze_error`: what is known about an execution that failed, and the call to make next."""

from __future__ import annotations

import json

from ratchet.errors import InvalidInput, RatchetError
from ratchet.execution.document import Execution
from ratchet.mcp_server.causes import causes_of
from ratchet.mcp_server.explanation import EXPLANATION, explain
from ratchet.mcp_server.schemas import EXECUTION_ID
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.mcp_server.workshop import Workshop
from ratchet.task.schema_words import ANYTHING, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import JsonObject

_LINES_OF_CONSOLE = 20


def _analyze_error(call: Call) -> Answer:
    return Answer(analyze(call.workshop, call.arguments["execution_id"]))


def analyze(workshop: Workshop, identity: str) -> JsonObject:
    """Return what is known about why an execution has failed.

    Raises:
        InvalidInput: It has not.
        NotFound: There is no such execution.
    """
    running = workshop.executions.find(identity)
    execution = running.look()
    if execution.error is None:
        raise InvalidInput(f"The execution `{execution.id}` is {execution.status}: there is no error to analyse")
    document = execution.to_json()
    return {
        "execution_id": execution.id,
        "task": f"{execution.task.name}@{execution.task.version}",
        **explain(running.task, execution.error),
        "causes": causes_of(execution),
        "requests": document["requests"],
        "console": [line.text for line in execution.console[-_LINES_OF_CONSOLE:]],
        "limits": document["limits"],
        "used": document["used"],
        "next": _next_of(workshop, execution),
    }


def _next_of(workshop: Workshop, execution: Execution) -> str | None:
    """Return the call to make next, None where the task is no more to be found by its name."""
    name = execution.task.name
    try:
        task, _ = workshop.catalogue.find(name)
    except RatchetError:
        return None
    if task.digest != execution.task.digest and _can_be_replayed(workshop, execution):
        return f"replay_execution {json.dumps({'execution_id': execution.id, 'task': name})}"
    return f"describe_task {json.dumps({'task': name})}"


def _can_be_replayed(workshop: Workshop, execution: Execution) -> bool:
    try:
        workshop.executions.recorded_files(execution.id)
    except RatchetError:
        return False
    return True


ANALYZE_ERROR = Tool(
    "analyze_error",
    "Explain a failed execution",
    "Say what failed and where, with the source lines around it, what may have caused it, the schema problems, the "
    "requests that were made, the console and the limits, and the call to make next. Everything in it was observed.",
    {"execution_id": "019a0c5e-7d3b-7000-8000-000000000000"},
    record({"execution_id": EXECUTION_ID}),
    record(
        {
            "execution_id": EXECUTION_ID,
            "task": TEXT,
            **EXPLANATION,
            "causes": described(listed(TEXT), "What may have caused it, the nearest first"),
            "requests": listed(ANYTHING),
            "console": listed(TEXT),
            "limits": {"type": "object"},
            "used": {"type": "object"},
            "next": described(
                TEXT_OR_NULL, "The call that shows the whole task, or what it does now that it has changed"
            ),
        }
    ),
    _analyze_error,
)
