"""`debug_task`: run a task once and show all that happened; nothing is written."""

from __future__ import annotations

import json

from ratchet.cases.judge import Outcome, judge, refused
from ratchet.cases.load import load_suite, parse_case
from ratchet.cases.model import Case
from ratchet.cases.run import mocks_of, surroundings_of
from ratchet.errors import InvalidInput, InvalidTask, NotFound
from ratchet.execution.check import problems_in
from ratchet.execution.document import Execution
from ratchet.execution.running import Running
from ratchet.execution.surroundings import AS_IT_IS
from ratchet.gateway.expected import ExpectedExchanges
from ratchet.mcp_server.drafts import SUBJECT, Subject, subject_of
from ratchet.mcp_server.explanation import EXPLANATION, explain, explain_refusal
from ratchet.mcp_server.schemas import STATUSES
from ratchet.mcp_server.tool import WAIT_SECONDS, Answer, Call, Tool
from ratchet.task.model import Task
from ratchet.task.problem_document import PROBLEM, problem_json
from ratchet.task.schema_words import ANYTHING, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.task.text import nearest, printable
from ratchet.values import JsonObject

_CASE = "debugged"
_SHOWN = ("output", "console", "console_dropped", "progress", "requests", "duration_ms", "queued_ms", "limits", "used")


def _debug_task(call: Call) -> Answer:
    try:
        subject = subject_of(call, to_run=True)
    except InvalidTask as error:
        if "task" in call.arguments:
            raise
        return Answer(_nothing_run([problem_json(problem) for problem in problems_in(error)]), failed=True)
    case = _case_of(call, subject.task)
    answers = None if case is None else mocks_of(case)
    running = _run(call, subject, case, answers)
    try:
        execution = running.look()
    except (InvalidInput, InvalidTask) as error:
        value = _nothing_run([]) | {"task": _name(subject.task), "error": explain_refusal(subject.task, error)}
        verdict = _verdict(case, refused(error), answers) if isinstance(error, InvalidInput) else None
        return Answer(value | {"case": verdict}, failed=True)
    verdict = _verdict(case, Outcome(execution, execution.error), answers)
    return _report(running, execution, verdict, saved=subject.saved)


def _case_of(call: Call, task: Task) -> Case | None:
    """Return the case to run in; None to run in the world as it is."""
    wanted = call.arguments.get("case")
    if not isinstance(wanted, str):
        return None if wanted is None else parse_case(task, wanted, _CASE)
    cases = {case.name: case for case in load_suite(task).cases}
    if wanted not in cases:
        match = nearest(wanted, list(cases))
        hint = f"Did you mean `{match}`?" if match else "`run_task_tests` names the cases"
        raise NotFound(f"`{task.name}` has no case `{printable(wanted)}`", hint=hint)
    return cases[wanted]


def _run(call: Call, subject: Subject, case: Case | None, answers: ExpectedExchanges | None) -> Running:
    otherwise = {} if case is None else case.input
    running = call.workshop.executions.start(
        subject.confined() if case is None else subject.task,
        call.arguments.get("input", otherwise),
        timeout_seconds=call.arguments.get("timeout_seconds", case.timeout_seconds if case else None),
        find_task=subject.find_task,
        find_beside=subject.find_beside,
        heard=call.heard,
        surroundings=AS_IT_IS if case is None else surroundings_of(case, answers),
    )
    with call.cancellation.on_cancel(running.cancellation.cancel):
        running.wait(call.wait_seconds)
    return running


def _verdict(case: Case | None, outcome: Outcome, answers: ExpectedExchanges | None) -> JsonObject | None:
    if case is None:
        return None
    reasons = judge(case, outcome, answers)
    return {"name": case.name, "passes": not reasons, "reasons": [reason.message for reason in reasons]}


def _report(running: Running, execution: Execution, verdict: JsonObject | None, *, saved: bool) -> Answer:
    document = execution.to_json()
    value = {
        "task": _name(running.task),
        "execution_id": execution.id,
        "status": execution.status,
        "error": None if execution.error is None else explain(running.task, execution.error),
        **{key: document[key] for key in _SHOWN},
        "problems": [],
        "case": verdict,
        "next": _next_of(execution, alone=not saved and verdict is None),
    }
    return Answer(value, failed=execution.error is not None)


def _nothing_run(problems: list[JsonObject]) -> JsonObject:
    """Return what is said of a task that could not be run."""
    nothing = dict.fromkeys(("task", "execution_id", "error", *_SHOWN, "case", "next"))
    return {**nothing, "status": "refused", "console": [], "requests": [], "problems": problems}


def _next_of(execution: Execution, *, alone: bool) -> str | None:
    """Return what to call next, None where there is nothing more to say.

    Args:
        alone: Whether nothing answers the requests of the task, neither mocks nor the network.
    """
    if execution.status in ("pending", "running"):
        return f"get_execution {json.dumps({'execution_id': execution.id, 'wait_seconds': WAIT_SECONDS})}"
    if alone and execution.requests:
        return "debug_task with a `case` whose mocks answer the requests"
    return None


def _name(task: Task) -> str:
    return f"{task.name}@{task.version}"


_OBJECT_OR_NULL: JsonObject = {"type": ["object", "null"]}
_NUMBER_OR_NULL: JsonObject = {"type": ["integer", "null"]}

DEBUG_TASK = Tool(
    "debug_task",
    "Debug a task",
    "Run a task once and show all of it: the output, or the error with its place and the lines around it, the console, "
    "every request, the time and the memory used. With `case`, a case's name or what a case says, the mocks answer in "
    "place of the network, and the answer says whether the case passes. Without one, source that is not saved reaches "
    "no host and no secret that it declares. No task is written.",
    {
        "source": "export default async () => (await fetch('https://shop.test/rate')).json();",
        "case": {"mock": {"http": [{"url": "https://shop.test/rate", "response": {"rate": 2}}]}, "input": {}},
    },
    record(
        {},
        {
            **SUBJECT,
            "input": described(ANYTHING, "The input; that of the case without it, else `{}`"),
            "case": {
                "type": ["string", "object"],
                "description": "The name of a case of the task, or `mock`, `clock`, `expected_output` and so on",
            },
            "timeout_seconds": {
                "type": "number", "exclusiveMinimum": 0, "description": "A limit below the one of this server",
            },
        },
    ),
    record(
        {
            "task": TEXT_OR_NULL,
            "execution_id": TEXT_OR_NULL,
            "status": {"enum": [*STATUSES, "refused"]},
            "output": described(ANYTHING, "Null unless completed"),
            "error": {"anyOf": [record(EXPLANATION), {"type": "null"}]},
            "console": described(listed({"type": "object"}), "Every line that was kept, with its level and time"),
            "console_dropped": _NUMBER_OR_NULL,
            "progress": _OBJECT_OR_NULL,
            "requests": described(listed({"type": "object"}), "Each with its status, time and size"),
            "duration_ms": _NUMBER_OR_NULL,
            "queued_ms": _NUMBER_OR_NULL,
            "limits": _OBJECT_OR_NULL,
            "used": described(_OBJECT_OR_NULL, "How much of the limits"),
            "problems": described(listed(PROBLEM), "Why the files make no task"),
            "case": {
                "anyOf": [record({"name": TEXT, "passes": FLAG, "reasons": listed(TEXT)}), {"type": "null"}],
            },
            "next": TEXT_OR_NULL,
        }
    ),
    _debug_task,
    read_only=False,
    open_world=True,
    needs=("run", "script"),
)  # fmt: skip
