"""`ratchet run-once --plan` and `--apply`: show what would change something, then let exactly that through."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Protocol

import typer

from ratchet.cli.output import print_json, to_json, write_output
from ratchet.cli.report import inert, inert_line
from ratchet.cli.talk import print_error, print_warning
from ratchet.execution.document import Execution, new_execution_id
from ratchet.execution.plan import Plan, check_plan, load_plan, make_plan, new_basis
from ratchet.execution.surroundings import Surroundings
from ratchet.gateway.exchange import Answers
from ratchet.gateway.plan import HeldRequests, PlannedRequest, ReleasedRequests
from ratchet.task.model import Task
from ratchet.values import Json

_MARGIN = "     "


class RunIt(Protocol):
    """Runs the task that is named on the command line, in surroundings."""

    def __call__(self, *, surroundings: Surroundings) -> Execution: ...


def check_options(*, plan: bool, apply: str, recording: str, watch: bool, record: str) -> None:
    """Refuse options that do not go together."""
    if plan and apply:
        raise typer.BadParameter("`--plan` shows requests and `--apply` sends them: give one of the two")
    if recording and not plan:
        raise typer.BadParameter("`--recording` goes with `--plan`; `ratchet replay` runs a recording again")
    if (plan or apply) and (watch or record):
        raise typer.BadParameter(f"`{'--watch' if watch else '--record'}` does not go with `--plan` and `--apply`")


def plan_run(run_it: RunIt, task: Task, value: Json, *, recording: str, output: str, as_json: bool) -> int:
    """Run the task, hold what would change something, show it as a plan and return the exit code."""
    held, basis = HeldRequests(), new_basis(new_execution_id())
    execution = run_it(surroundings=basis.surroundings(held, _answers_of(recording)))
    plan = make_plan(task, value, execution.status, basis, held.requests)
    if output:
        write_output(to_json(plan.to_json()), output)
    if as_json:
        print_json(plan.to_json())
    else:
        print("\n".join(_render(plan)), flush=True)
    if execution.error is None:
        return 0
    print_error(execution.error.to_exception())
    return execution.error.kind.exit_code


def apply_plan(run_it: RunIt, task: Task, value: Json, path: str) -> Execution:
    """Run the task and let the requests of a plan through, and no others.

    Raises:
        InvalidInput, NotPermitted: The file is no plan, or one of another task or input.
    """
    plan = load_plan(path)
    check_plan(plan, task, value)
    released = ReleasedRequests(plan.requests)
    execution = run_it(surroundings=plan.basis.surroundings(released))
    if released.left:
        numbers = ", ".join(map(str, released.left))
        print_warning(f"Of the plan, these requests were not made: {numbers}")
    return execution


def _answers_of(recording: str) -> Answers | None:
    if not recording:
        return None
    from ratchet.execution.recorded import load_recording
    from ratchet.gateway.recorded import RecordedExchanges

    found = load_recording(recording)
    return RecordedExchanges(found.exchanges, compare_headers=found.session is not None)


def _render(plan: Plan) -> Iterator[str]:
    name = f"{plan.task['name']}@{plan.task['version']}"
    count = len(plan.requests)
    yield f"{inert_line(name)}: {count} request{'' if count == 1 else 's'} held, plan {plan.digest}"
    for number, request in enumerate(plan.requests, 1):
        yield ""
        yield from _render_request(number, request)
    if count > 1:
        print(
            "Note: Held requests are answered 202 and `{}`; what a server says may change later ones", file=sys.stderr
        )


def _render_request(number: int, request: PlannedRequest) -> Iterator[str]:
    yield f"{number:>3}. {inert_line(request.method)} {inert_line(request.url)}"
    yield f"{_MARGIN}{request.digest}"
    yield from (f"{_MARGIN}{inert_line(name)}: {inert_line(value)}" for name, value in request.headers)
    if request.body is None:
        return
    try:
        lines = inert(request.body.decode()).split("\n")
    except UnicodeDecodeError:
        lines = [f"{len(request.body):,} bytes that are no text: {request.body.hex()}"]
    yield ""
    yield from (f"{_MARGIN}{line}".rstrip() for line in lines)
