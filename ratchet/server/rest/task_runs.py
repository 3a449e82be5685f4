"""What is done with a task: it is run, tested, checked."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ratchet.cases.load import load_suite
from ratchet.cases.plan import make_plan, parse_filter
from ratchet.cases.report import Report
from ratchet.cases.report_json import report_json
from ratchet.cases.run import Manner, run_cases
from ratchet.errors import Conflict, InvalidInput, KeyReused, RatchetError
from ratchet.execution.check import check_task
from ratchet.execution.runner import ToRun
from ratchet.execution.running import Running
from ratchet.jobs.asked import IDEMPOTENCY_KEY
from ratchet.server.answer import json_answer
from ratchet.server.body import Body
from ratchet.server.describe import operation
from ratchet.server.rest.asked import OF_ONE_TASK, Asked, AskedFor, Found
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.rest.waiting import FAILED, LOCATED, MOST_WAIT_SECONDS, WAIT_SECONDS, execution_answer, wait_for
from ratchet.server.service import Service, ServiceOf
from ratchet.task.model import Task
from ratchet.task.problem_document import problem_json
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

router = APIRouter(prefix=PREFIX, tags=["tasks"])
EXECUTE = "/tasks/{name}/execute"
_CASES_AT_A_TIME = 4


class ExecuteBody(Body):
    """A run of a task."""

    input: Annotated[Json, Field(description="What the task's input schema asks for; `{}` without it")] = {}  # noqa: RUF012
    wait_seconds: Annotated[
        float, Field(ge=0, le=MOST_WAIT_SECONDS, description="How long to wait for the end before the answer is 202")
    ] = WAIT_SECONDS
    timeout_seconds: Annotated[
        float | None, Field(gt=0, le=86_400, description="A limit below the one of this server")
    ] = None
    record: Annotated[bool, Field(description="Keep what is needed to replay it, beyond this server")] = False


_AS_IT_IS = ExecuteBody()


@router.post(
    EXECUTE,
    **operation(
        "Run a task", "Execution", errors=(*OF_ONE_TASK, *FAILED, Conflict, KeyReused), also=(202,), headers=LOCATED
    ),
)
async def execute_task(
    service: ServiceOf,
    asked: AskedFor,
    body: ExecuteBody = _AS_IT_IS,
    idempotency_key: Annotated[
        str | None, Header(pattern=IDEMPOTENCY_KEY, description="Asking again with the same one runs nothing more")
    ] = None,
) -> Response:
    """Run a task on an input; when it fails, the problem has the `execution` beside its code.

    An execution that takes longer than `wait_seconds` goes on, and the answer is 202. With the idempotency key of an
    earlier request for the same, the answer is the execution of that one; while that one waits for its answer, 409.
    """
    if idempotency_key is None:
        return await answer_of(start_soon(service, asked, body), body.wait_seconds)
    with service.once.holding(idempotency_key):
        running = await run_in_threadpool(_start_once, service, asked, body, idempotency_key)
        try:
            return await answer_of(running, body.wait_seconds)
        except RatchetError:
            # Refused: nothing has run.
            await run_in_threadpool(service.once.release, running.id)
            raise


async def answer_of(running: Running, wait_seconds: float) -> Response:
    """Return what an execution comes to within a time, or that it goes on."""
    await wait_for(running, wait_seconds)
    return execution_answer(running)


def _start_once(service: Service, asked: AskedFor, body: ExecuteBody, key: str) -> Running:
    request = [asked.address, body.model_dump(exclude={"wait_seconds"})]
    return service.once.start(key, request, lambda identity: start_soon(service, asked, body, identity))


def start_soon(service: Service, asked: Asked, body: ExecuteBody, execution_id: str | None = None) -> Running:
    """Start an execution as a body asks for it; whatever is wrong with the task is found later."""

    def find() -> ToRun:
        task, source = asked.find(service)
        return ToRun(task, service.catalogue.finder(source))

    return service.executions.start_when_found(
        find,
        body.input,
        timeout_seconds=body.timeout_seconds,
        execution_id=execution_id,
        recorder=service.recorder if body.record else None,
    )


class TestsBody(Body):
    """Which tests are to run."""

    filter: Annotated[str, Field(max_length=500, description="A part of the name of a test, or `/REGEX/`")] = ""


_ALL = TestsBody()


@router.post("/tasks/{name}/test", **operation("Test a task", "TestReport", errors=OF_ONE_TASK))
def run_task_tests(service: ServiceOf, found: Found, body: TestsBody = _ALL) -> Response:
    """Run the tests of a task, with mocks in place of the network."""
    return json_answer(_test(service, found.task, found.source, body.filter))


def _test(service: Service, task: Task, source: str, pattern: str) -> JsonObject:
    try:
        fits = parse_filter(pattern)
    except ValueError as error:
        raise InvalidInput(f"`{printable(pattern)}` {error}", hint="Pass a part of the name of a test") from None
    suite = load_suite(task)
    finder = service.catalogue.finder(source)
    plan = make_plan([suite], fits, lambda _: finder)
    started = time.monotonic()
    results = tuple(run_cases(service.runtime, plan.planned, Manner(_CASES_AT_A_TIME), service.closing))
    report = Report((suite,), (), results, time.monotonic() - started, plan.left_out)
    failure = report.failure()
    what = "Every test passed" if failure is None else failure.message
    return {"all_passed": failure is None, "what": what, **report_json(report)}


@router.post("/tasks/{name}/validate", **operation("Check a task", "Validation", errors=OF_ONE_TASK))
def validate_task(service: ServiceOf, found: Found) -> Response:
    """Report every problem of a task, without running it."""
    problems = check_task(service.runtime, found.task)
    valid = not any(problem.severity == "error" for problem in problems)
    return json_answer({"valid": valid, "problems": [problem_json(problem) for problem in problems]})
