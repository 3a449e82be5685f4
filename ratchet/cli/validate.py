"""`ratchet validate`: problems of tasks, without running them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import typer

from ratchet.cases.load import load_suite
from ratchet.cases.needs import needs_of, undeclared_problem
from ratchet.cli.annotations import annotate
from ratchet.cli.application import make_app
from ratchet.cli.configured import load_for, open_pool, open_runtime
from ratchet.cli.output import print_json
from ratchet.cli.report import inert, inert_line, render_count, render_problem
from ratchet.cli.task_paths import FROM_FS, TASKS, find_named_task, tasks_at
from ratchet.cli.terminal import is_agent, paint_for
from ratchet.config.configuration import Configuration
from ratchet.errors import NotFound, RatchetError, Refused
from ratchet.execution.check import check_task, check_task_at, problems_in, uses_of
from ratchet.execution.runtime import Runtime
from ratchet.task.model import Task
from ratchet.task.problem_document import problem_json
from ratchet.task.repair import repair_task
from ratchet.values import JsonObject, Place, Problem

app = make_app()


@app.command()
def validate(
    context: typer.Context,
    tasks: list[str] = TASKS,
    from_fs: list[str] = FROM_FS,
    fix: bool = typer.Option(False, "--fix", help="First add what is missing: uuid, version, schema files"),
    mcp: bool = typer.Option(False, "--mcp", help="Also report what keeps a task from being a tool of MCP clients"),
    watch: bool = typer.Option(False, "--watch", help="Do it again whenever a file changes"),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON"),
) -> int:
    """Report every problem of tasks, without running them."""
    paths = [*(tasks or []), *from_fs] or ["."]
    configuration = load_for(context.obj, {})
    with open_runtime(configuration, open_pool(configuration)) as runtime:
        check = _Check(runtime, mcp)
        if not watch:
            return _validate(check, configuration, paths, fix=fix, as_json=as_json)
        from ratchet.cli.watch import run_and_watch

        return run_and_watch(paths, lambda: _validate(check, configuration, paths, fix=fix, as_json=as_json))


class _Check(NamedTuple):
    """What tasks are checked with, and whether for MCP clients too."""

    runtime: Runtime
    mcp: bool


def _validate(check: _Check, configuration: Configuration, paths: Sequence[str], *, fix: bool, as_json: bool) -> int:
    """Check the tasks at the paths, print the report and return the exit code."""
    reports = []
    for path in paths:
        named = find_named_task(configuration, path, changing="--fix" if fix else None)
        if named is not None:
            task = named[0]
            reports.append(_report(path, task, _with_cases(check, task, check_task(check.runtime, task))))
            continue
        for found in tasks_at(path):
            if isinstance(found, RatchetError):
                reports.append(_report(path, None, problems_in(found)))
            else:
                done = _repair(found) if fix else []
                reports.append(_check(check, found, done))
    if as_json:
        print_json(reports)
    else:
        _print_reports(reports)
    return 0 if all(report["valid"] for report in reports) else Refused.exit_code


def _repair(path: str) -> list[str]:
    """Repair a task and return what was done; what cannot be repaired shows among the problems."""
    try:
        return repair_task(path)
    except NotFound:
        raise
    except RatchetError:
        return []


def _check(check: _Check, path: str, fixed: Sequence[str]) -> JsonObject:
    try:
        task, problems = check_task_at(check.runtime, path)
        if task is not None:
            problems = _with_cases(check, task, problems)
    except NotFound:
        raise
    except RatchetError as error:
        task, problems = None, problems_in(error)
    return _report(path, task, problems, fixed)


def _with_cases(check: _Check, task: Task, problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems of a task and of what is around its source, errors first."""
    return sorted([*problems, *_problems_around(check, task, problems)], key=lambda problem: problem.severity)


def _problems_around(check: _Check, task: Task, problems: Sequence[Problem]) -> Iterator[Problem]:
    """Yield the problems of the cases and for clients, and what source and cases need beyond what is declared."""
    suite = load_suite(task)
    yield from suite.problems
    if check.mcp:
        from ratchet.mcp_server.client_rules import check_for_clients

        yield from check_for_clients(task)
    if not any(problem.severity == "error" for problem in problems):
        undeclared = undeclared_problem(task, needs_of(task, uses_of(check.runtime, task), suite, ()))
        if undeclared is not None:
            yield undeclared


def _report(path: str, task: Task | None, problems: Sequence[Problem], fixed: Sequence[str] = ()) -> JsonObject:
    return {
        "task": path,
        "name": task.name if task else None,
        "version": task.version if task else None,
        "digest": task.digest if task else None,
        "permissions": task.metadata.permissions._asdict() if task else None,
        "valid": not any(problem.severity == "error" for problem in problems),
        "fixed": list(fixed),
        "problems": [problem_json(problem) for problem in problems],
    }


def _print_reports(reports: Sequence[JsonObject]) -> None:
    """Print one line a task, its problems below it, and the count at the end; an agent reads of failures only."""
    quiet = is_agent()
    for report in reports:
        if not quiet or not report["valid"]:
            _print_report(report)
        annotate(map(_problem_of, report["problems"]))
    broken = sum(not report["valid"] for report in reports)
    if len(reports) > 1 or broken or quiet:
        print(f"{len(reports) - broken} valid, {broken} not", file=sys.stderr)


def _print_report(report: JsonObject) -> None:
    paint = paint_for(sys.stdout)
    print(f"{inert_line(report['task'])}: {render_count(len(report['problems']), paint)}")
    for sentence in report["fixed"]:
        print(f"{paint('ok', 'fixed:')} {inert(sentence)}")
    for problem in report["problems"]:
        print("\n".join(render_problem(_problem_of(problem), paint)))


def _problem_of(entry: JsonObject) -> Problem:
    place = None
    if entry["file"] is not None:
        place = Place(entry["file"], entry["line"], entry["column"], entry["text"])
    return Problem(entry["message"], place, pointer=entry["pointer"], hint=entry["hint"], severity=entry["severity"])
