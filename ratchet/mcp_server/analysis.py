"""`analyze_error`: what is known about an execution that failed, and the call to make next."""

from __future__ import annotations

import json

from ratchet.errors import InvalidInput
from ratchet.mcp_server.explanation import EXPLANATION, explain
from ratchet.mcp_server.schemas import ANYTHING, EXECUTION_ID, TEXT, described, listed, record
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.mcp_server.workshop import Workshop
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
        "requests": document["requests"],
        "console": [line.text for line in execution.console[-_LINES_OF_CONSOLE:]],
        "limits": document["limits"],
        "used": document["used"],
        "next": f"describe_task {json.dumps({'task': execution.task.name})}",
    }


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
            **EXPLANATION,
            "requests": listed(ANYTHING),
            "console": listed(TEXT),
            "limits": {"type": "object"},
            "used": {"type": "object"},
            "next": described(TEXT, "The call that shows the whole task"),
        }
    ),
    _analyze_error,
)
