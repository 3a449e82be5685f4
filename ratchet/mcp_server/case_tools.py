"""`run_task_tests`: run the cases of a task."""

from __future__ import annotations

import time

from ratchet.cases.load import load_suite
from ratchet.cases.plan import make_plan, parse_filter
from ratchet.cases.report import Report
from ratchet.cases.report_json import report_json
from ratchet.cases.run import Manner, run_cases
from ratchet.errors import InvalidInput
from ratchet.mcp_server.drafts import SUBJECT, subject_of
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.task.schema_words import ANYTHING, COUNT, FLAG, TEXT, described, listed, record
from ratchet.task.text import printable

_JOBS = 4


def _run_task_tests(call: Call) -> Answer:
    subject = subject_of(call, to_run=True)
    task = subject.task
    pattern = call.arguments.get("filter", "")
    try:
        fits = parse_filter(pattern)
    except ValueError as error:
        raise InvalidInput(f"`{printable(pattern)}` {error}", hint="Pass a part of the name of a case") from None
    suite = load_suite(task)
    plan = make_plan([suite], fits, lambda _: subject.find_task)
    started = time.monotonic()
    results = tuple(run_cases(call.workshop.runtime, plan.planned, Manner(_JOBS), call.cancellation))
    report = Report((suite,), (), results, time.monotonic() - started, plan.left_out)
    document = report_json(report)
    failure = report.failure()
    return Answer(
        {
            "task": f"{task.name}@{task.version}",
            "digest": task.digest,
            "all_passed": failure is None,
            "what": "Every case passed" if failure is None else failure.message,
            "passed": document["passed"],
            "failed": document["failed"],
            "skipped": document["skipped"],
            "left_out": document["left_out"],
            "problems": document["tasks"][0]["problems"],
            "cases": document["cases"],
        }
    )


RUN_TASK_TESTS = Tool(
    "run_task_tests",
    "Test a task",
    "Run the cases of a task, with mocks in place of the network, and say of each whether it passed or what differs. "
    "Name a `task`, or pass the `source` and the `cases` of one that is not saved.",
    {"task": "double"},
    record({}, {**SUBJECT, "filter": described(TEXT, "A part of the name of a case, or /REGEX/")}),
    record(
        {
            "task": TEXT,
            "digest": described(TEXT, "Names exactly the content that was tested"),
            "all_passed": FLAG,
            "what": TEXT,
            "passed": COUNT,
            "failed": COUNT,
            "skipped": COUNT,
            "left_out": COUNT,
            "problems": described(listed(ANYTHING), "What is wrong with the files of the cases"),
            "cases": described(listed(ANYTHING), "Each with its status and the reasons why it failed"),
        }
    ),
    _run_task_tests,
    needs=("run", "script"),
)
