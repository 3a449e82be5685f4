"""Tools that run tasks and follow them: `execute_task`, `get_execution`, `list_executions`, `cancel_execution`."""

from __future__ import annotations

from ratchet.execution.calls import FindTask
from ratchet.execution.document import Execution
from ratchet.execution.executions import KEPT
from ratchet.execution.keeper import Wanted
from ratchet.mcp_server.execution_resources import document_uri, output_uri
from ratchet.mcp_server.media import media_of
from ratchet.mcp_server.questions import check_confirmed
from ratchet.mcp_server.schemas import EXECUTION_ID, MAX_TOKENS, STATUSES, TASK, execution_schema
from ratchet.mcp_server.tool import WAIT_SECONDS, Answer, Call, Tool
from ratchet.task.model import Task
from ratchet.task.schema_words import ANYTHING, COUNT, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import Json, JsonObject

_MOST_WAIT_SECONDS = 50
_TAIL = 50
_CONSOLE_TAIL = 20
_WAIT: JsonObject = {"type": "number", "minimum": 0, "maximum": _MOST_WAIT_SECONDS}
_STATUS: JsonObject = {"enum": list(STATUSES)}


def run_task(
    call: Call,
    task: Task,
    value: Json,
    find_task: FindTask,
    *,
    timeout_seconds: float | None = None,
    wait_seconds: float | None = None,
) -> Execution:
    """Start an execution and return it as it is when it has ended or the time is up.

    Args:
        wait_seconds: How long the client says that it waits; None where it does not.

    Raises:
        RatchetError: It was refused, before anything ran.
    """
    check_confirmed(task, needed=call.workshop.confirm, confirmed=call.confirmed)
    running = call.workshop.executions.start(
        task, value, timeout_seconds=timeout_seconds, find_task=find_task, heard=call.heard
    )
    # A client that does not want the answer any more wants no execution either; one that it leaves to itself goes on.
    with call.cancellation.on_cancel(running.cancellation.cancel):
        running.wait(call.wait_seconds if wait_seconds is None else wait_seconds)
    return running.look()


def _execute_task(call: Call) -> Answer:
    workshop, arguments = call.workshop, call.arguments
    task, source = workshop.to_run.find(arguments["task"])
    execution = run_task(
        call,
        task,
        arguments["input"],
        workshop.to_run.finder(source),
        timeout_seconds=arguments.get("timeout_seconds"),
        wait_seconds=arguments.get("wait_seconds"),
    )
    standing = workshop.shelf.standing(source, task)
    answer = outcome_of(execution)
    following = answer.value["next"] or standing.next
    told = {"draft": standing.draft, "draft_because": list(standing.reasons), "next": following}
    media = media_of(task.output_schema, answer.value["output"], ("output",))
    return answer._replace(value={**answer.value, **told}, media=media)


def outcome_of(execution: Execution) -> Answer:
    """Return what is said of an execution that was waited for."""
    document = execution.to_json()
    value = {
        "execution_id": execution.id,
        "status": execution.status,
        "output": document["output"],
        "error": document["error"],
        "console": [line.text for line in execution.console[-_CONSOLE_TAIL:]],
        "next": _next_of(execution),
    }
    resources = {} if execution.output_json is None else {"/output": output_uri(execution.id)}
    return Answer(value, failed=execution.error is not None, resources=resources)


def _next_of(execution: Execution) -> str | None:
    """Return the call that says more, None where there is nothing more to say."""
    if execution.status in ("pending", "running"):
        return f'get_execution {{"execution_id": "{execution.id}", "wait_seconds": {WAIT_SECONDS}}}'
    if execution.status == "failed":
        return f'analyze_error {{"execution_id": "{execution.id}"}}'
    return None


OUTCOME: JsonObject = {
    "execution_id": EXECUTION_ID,
    "status": _STATUS,
    "output": described(ANYTHING, "Null unless completed"),
    "error": {"type": ["object", "null"]},
    "console": described(listed(TEXT), f"The last {_CONSOLE_TAIL} lines at most"),
    "next": described(TEXT_OR_NULL, "The call that says more"),
}

EXECUTE_TASK = Tool(
    "execute_task",
    "Run a task",
    "Run a task on an input and return its output. When it takes longer than `wait_seconds`, the answer has the status "
    "`running` and an `execution_id` for `get_execution`. A task that fails is an error with its place. "
    "One that is not tested as it is runs as a `draft`.",
    {"task": "total", "input": {"items": [1, 2]}},
    record(
        {"task": TASK, "input": described(ANYTHING, "What the task's input schema asks for")},
        {
            "timeout_seconds": {
                "type": "number", "exclusiveMinimum": 0, "description": "A limit below the one of this server",
            },
            "wait_seconds": described(_WAIT, f"How long to wait for the end; {WAIT_SECONDS} without it"),
            "max_tokens": MAX_TOKENS,
        },
    ),
    record(
        {
            **OUTCOME,
            "draft": described(FLAG, "Whether it was run though it has not been tested as it is"),
            "draft_because": listed(TEXT),
        }
    ),
    _execute_task,
    read_only=False,
    open_world=True,
    asks=True,
    needs=("run",),
)  # fmt: skip


def _get_execution(call: Call) -> Answer:
    running = call.workshop.executions.find(call.arguments["execution_id"])
    running.wait(call.arguments.get("wait_seconds", 0), call.cancellation)
    execution = running.look()
    document = execution.to_json()
    tail = call.arguments.get("tail", _TAIL)
    document["console"] = document["console"][-tail:] if tail else []
    resources = {"": document_uri(execution.id)}
    if execution.output_json is not None:
        resources["/output"] = output_uri(execution.id)
    return Answer(document, resources=resources)


GET_EXECUTION = Tool(
    "get_execution",
    "Look at an execution",
    "Show the status, output, error, last console lines, requests and timing of an execution, after waiting for its "
    "end if `wait_seconds` says so.",
    {"execution_id": "019a0c5e-7d3b-7000-8000-000000000000", "wait_seconds": 30},
    record(
        {"execution_id": EXECUTION_ID},
        {
            "wait_seconds": described(_WAIT, "How long to wait for the end; 0 without it"),
            "tail": described(COUNT, f"Lines of the console, the last ones; {_TAIL} without it"),
            "max_tokens": MAX_TOKENS,
        },
    ),
    execution_schema(),
    _get_execution,
)


def _list_executions(call: Call) -> Answer:
    asked = call.arguments
    wanted = Wanted(asked.get("task"), asked.get("status"), limit=asked.get("limit", _TAIL))
    return Answer({"executions": [_row(execution) for execution in call.workshop.executions.newest(wanted)]})


def _row(execution: Execution) -> JsonObject:
    document = execution.to_json()
    return {
        "execution_id": execution.id,
        "task": execution.task.name,
        "version": execution.task.version,
        "status": execution.status,
        "created_at": document["created_at"],
        "duration_ms": execution.duration_ms,
        "error": None if execution.error is None else execution.error.code,
    }


LIST_EXECUTIONS = Tool(
    "list_executions",
    "List executions",
    f"Show executions, the newest first: the last {KEPT} of this server, and all that are in its data folder.",
    {"status": "failed", "limit": 5},
    record(
        {},
        {
            "task": described(TEXT, "The name of a task"),
            "status": _STATUS,
            "limit": {"type": "integer", "minimum": 1, "maximum": KEPT, "description": f"{_TAIL} without it"},
        },
    ),
    record(
        {
            "executions": listed(
                record(
                    {
                        "execution_id": EXECUTION_ID,
                        "task": TEXT,
                        "version": TEXT,
                        "status": _STATUS,
                        "created_at": TEXT,
                        "duration_ms": {"type": ["integer", "null"]},
                        "error": described(TEXT_OR_NULL, "The code of the error"),
                    }
                )
            )
        }
    ),
    _list_executions,
)


def _cancel_execution(call: Call) -> Answer:
    running = call.workshop.executions.find(call.arguments["execution_id"])
    running.cancellation.cancel()
    running.wait(WAIT_SECONDS, call.cancellation)
    return Answer({"execution_id": running.id, "status": running.look().status})


CANCEL_EXECUTION = Tool(
    "cancel_execution",
    "Cancel an execution",
    "Stop an execution that is under way; one that has ended stays as it is.",
    {"execution_id": "019a0c5e-7d3b-7000-8000-000000000000"},
    record({"execution_id": EXECUTION_ID}),
    record({"execution_id": EXECUTION_ID, "status": _STATUS}),
    _cancel_execution,
    read_only=False,
    destructive=True,
)
