"""`validate_task`: every problem of a task, also of one that is not written yet."""

from __future__ import annotations

from ratchet.errors import InvalidTask
from ratchet.execution.check import check_task, problems_in
from ratchet.mcp_server.client_rules import warnings_for_clients
from ratchet.mcp_server.drafts import SUBJECT, subject_of
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.task.problem_document import PROBLEM, problem_json
from ratchet.task.schema_words import FLAG, listed, record
from ratchet.values import Problem


def _validate_task(call: Call) -> Answer:
    try:
        task = subject_of(call, to_run=False).task
    except InvalidTask as error:
        return _report(problems_in(error))
    problems = check_task(call.workshop.runtime, task)
    # What is not saved has neither a name nor a description.
    return _report(problems + (warnings_for_clients(task) if "task" in call.arguments else []))


def _report(problems: list[Problem]) -> Answer:
    valid = not any(problem.severity == "error" for problem in problems)
    return Answer({"valid": valid, "problems": [problem_json(problem) for problem in problems]})


VALIDATE_TASK = Tool(
    "validate_task",
    "Check a task",
    "Report every problem of a task without running it: its metadata, schemas, source and imports, and, as warnings, "
    "what keeps it from being a tool. Name a `task`, or "
    "pass the `source` of one that is not saved.",
    {"source": "export default (input) => ({ total: input.a + input.b });"},
    record({}, SUBJECT),
    record({"valid": FLAG, "problems": listed(PROBLEM)}),
    _validate_task,
)
