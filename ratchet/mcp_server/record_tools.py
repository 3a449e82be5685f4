"""Tools that keep what happened: `record_execution` makes a case of it, `replay_execution` lets it happen again."""

from __future__ import annotations

import os
import time

from ratchet.cases.from_recording import case_of, case_with, needs_recording
from ratchet.cases.load import load_suite
from ratchet.cases.model import Case
from ratchet.cases.run import Planned, run_case
from ratchet.errors import Cancelled, InvalidInput, Refused
from ratchet.execution.recorded import Recording, load_recorded_task, load_recording
from ratchet.execution.recording import CAPSULE_SUFFIX, capsule_of
from ratchet.execution.replay import replay
from ratchet.execution.running import Running
from ratchet.mcp_server.drafts import UNSAVED
from ratchet.mcp_server.questions import check_confirmed
from ratchet.mcp_server.schemas import EXECUTION_ID, TASK
from ratchet.mcp_server.scopes import Scopes
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.registry.inside import path_inside
from ratchet.registry.written import edit
from ratchet.task.model import Task
from ratchet.task.naming import slug_of
from ratchet.task.schema_words import ANYTHING, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import JsonObject

_DIGITS = 8
"""Of the id of an execution, for the name of its recording: two cases may have one slug."""


def _record_execution(call: Call) -> Answer:
    running = _ended(call)
    execution = running.look()
    if execution.status == "cancelled":
        raise Refused(f"The execution `{running.id}` was cancelled: there is nothing to expect of it")
    recording = call.workshop.executions.recording(running.id)
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(execution.created_at))
    name = call.arguments.get("case_name", f"recorded {moment}")
    case, files = _case_of(call, recording, name)
    value = {"execution_id": running.id, "case": case, "file": None, "former": None, "digest": None}
    folder = call.workshop.folder
    # As it was called when it ran: the execution may be one of an earlier server.
    if folder is None or execution.task.source != os.path.join(folder, execution.task.name):
        return Answer({**value, "passes": None, "reasons": []})
    call.workshop.scopes.check("write", execution.task.name)
    written = edit(folder, {"task": execution.task.name, "cases": [case]}, files)
    call.workshop.shelf.wake()
    found = next(found for found in load_suite(written.task).cases if found.name == name)
    value |= {"file": found.written.path, "former": written.former, "digest": written.task.digest}
    return Answer({**value, **_verdict(call, written.task, found)})


def _ended(call: Call) -> Running:
    """Return the execution that is named, or one that is run now."""
    workshop, arguments = call.workshop, call.arguments
    if ("execution_id" in arguments) == ("task" in arguments):
        raise InvalidInput("Either `execution_id` or `task` is needed, not both", hint="Name one of them")
    if "execution_id" in arguments:
        return workshop.executions.find(arguments["execution_id"])
    task, source = workshop.to_run.find(arguments["task"])
    check_confirmed(task, needed=workshop.confirm)
    finder = workshop.to_run.finder(source)
    running = workshop.executions.start(task, arguments.get("input", {}), find_task=finder, heard=call.heard)
    with call.cancellation.on_cancel(running.cancellation.cancel):
        running.wait(call.wait_seconds)
    return running


def _case_of(call: Call, recording: Recording, name: str) -> tuple[JsonObject, dict[str, bytes]]:
    """Return the case, and the file of a recording where it cannot do without one."""
    if not needs_recording(recording):
        return case_of(recording, name), {}
    file = f"{slug_of(name)}-{recording.location[-_DIGITS:]}{CAPSULE_SUFFIX}"
    data = capsule_of(call.workshop.executions.recorded_files(recording.location))
    return case_with(recording, name, file), {f"tests/{file}": data}


def _verdict(call: Call, task: Task, case: Case) -> JsonObject:
    """Run the case that was just written."""
    result = run_case(call.workshop.runtime, Planned(task, case), call.cancellation)
    if call.cancellation.cancelled:
        raise Cancelled("The case is written, and its run was cancelled")
    return {"passes": not result.failed, "reasons": [reason.message for reason in result.reasons]}


_CASE_NAME = described(TEXT, "What to call the case; the time of the execution without it")

RECORD_EXECUTION = Tool(
    "record_execution",
    "Make a case of what happened",
    "Make a test case of an execution that has ended: its input, the requests and their answers as mocks, the clock, "
    "and what came of it. It is written beside the other cases of a task in the folder of this server and run once; "
    "for another task the case is only given back. With `task` and `input`, the task is run first.",
    {"execution_id": "019a0c5e-7d3b-7000-8000-000000000000", "case_name": "an order of two lines"},
    record(
        {},
        {
            "execution_id": EXECUTION_ID,
            "task": described(TEXT, "In place of an id: the task to run now"),
            "input": described(ANYTHING, "With `task`: its input"),
            "case_name": _CASE_NAME,
        },
    ),
    record(
        {
            "execution_id": EXECUTION_ID,
            "case": described({"type": "object"}, "The case, as `edit_task` takes it"),
            "file": described(TEXT_OR_NULL, "Where it is written; null where it is not"),
            "former": described(TEXT_OR_NULL, "Where the version of the task before is kept"),
            "digest": described(TEXT_OR_NULL, "Names the task with its new case"),
            "passes": described({"type": ["boolean", "null"]}, "Whether the task as it is now passes it"),
            "reasons": described(listed(TEXT), "Why it does not"),
        }
    ),
    _record_execution,
    read_only=False,
    open_world=True,
    needs=("write",),
)


def _replay_execution(call: Call) -> Answer:
    recording, own = _recording(call)
    workshop = call.workshop
    task = workshop.to_run.find(call.arguments["task"])[0] if "task" in call.arguments else own
    result = replay(workshop.runtime, recording, task, cancellation=call.cancellation)
    return Answer(
        {
            "task": f"{task.name}@{task.version}",
            "same": not result.changes,
            "changes": [change.to_json() for change in result.changes],
            "notes": list(result.notes),
            "execution": result.execution.to_json(),
        }
    )


def _check_runnable(scopes: Scopes, name: str) -> None:
    if name in UNSAVED:
        scopes.check_some(("script",))
    else:
        scopes.check("run", name)


def _recording(call: Call) -> tuple[Recording, Task]:
    """Return a recording and the task that it was made of."""
    workshop, arguments = call.workshop, call.arguments
    if ("execution_id" in arguments) == ("recording" in arguments):
        raise InvalidInput("Either `execution_id` or `recording` is needed, not both", hint="Name one of them")
    if "execution_id" in arguments:
        identity = arguments["execution_id"]
        recording, own = workshop.executions.recording(identity), workshop.executions.recorded_task(identity)
        _check_runnable(workshop.scopes, own.name)
        return recording, own
    if workshop.folder is None:
        raise InvalidInput("This server has no folder to read recordings from", hint="Name an `execution_id`")
    path = path_inside(workshop.folder, arguments["recording"])
    recording, own = load_recording(path), load_recorded_task(path)
    workshop.scopes.check("run", own.name)
    return recording, own


REPLAY_EXECUTION = Tool(
    "replay_execution",
    "Replay an execution",
    "Let an execution that has ended happen again, with the answers, the clock and the chance of then and without the "
    "network, and say what differs. With `task`, another task, or another version of it, stands in for the one that "
    "ran: so you see what a change does. Nothing is written.",
    {"execution_id": "019a0c5e-7d3b-7000-8000-000000000000", "task": "double"},
    record(
        {},
        {
            "execution_id": EXECUTION_ID,
            "recording": described(
                TEXT, "In place of an id: a recording in the folder of the tasks, by its path there"
            ),
            "task": described(TASK, "What to run; the task exactly as it ran without it"),
        },
    ),
    record(
        {
            "task": TEXT,
            "same": FLAG,
            "changes": listed(
                record(
                    {
                        "what": {"enum": ["output", "error", "request", "engine"]},
                        "pointer": described(TEXT, "JSON Pointer into the output or the error"),
                        "message": TEXT,
                    }
                )
            ),
            "notes": described(listed(TEXT), "What is good to know and no difference"),
            "execution": described({"type": "object"}, "The execution of now"),
        }
    ),
    _replay_execution,
    needs=("run", "script"),
)
