"""`ratchet test`: run the cases of tasks."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import typer

from ratchet.cases.coverage import count_statements, cover, render_lcov
from ratchet.cases.load import load_suite
from ratchet.cases.model import Result, Suite
from ratchet.cases.mutate import Mutation, mutate_task
from ratchet.cases.plan import Fits, Plan, make_plan, parse_filter
from ratchet.cases.report import Report, Unloaded
from ratchet.cases.run import Manner, Planned, run_cases
from ratchet.cli.application import make_app
from ratchet.cli.case_drift import report_drift
from ratchet.cli.case_output import CaseOutput
from ratchet.cli.case_update import Updates
from ratchet.cli.configured import load_for, open_runtime
from ratchet.cli.interruption import cancel_on_interrupt
from ratchet.cli.output import check_output, print_text, to_json, write_output
from ratchet.cli.talk import print_error
from ratchet.cli.task_paths import FROM_FS, TASKS, find_named_task, tasks_at
from ratchet.config.configuration import Configuration
from ratchet.errors import Cancelled, CaseFailed, NotFound, RatchetError
from ratchet.execution.calls import FindTask
from ratchet.execution.check import problems_in
from ratchet.execution.runtime import Runtime
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import Pool
from ratchet.sandbox.processors import default_workers
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.task.siblings import sibling_finder

_MOST_JOBS = 256
_MOST_RUNS = 10_000

app = make_app()


class Options(NamedTuple):
    """What the options say.

    Args:
        files: Where reports go, by their form.
    """

    fits: Fits
    manner: Manner
    update: bool
    mutate: bool
    coverage: bool
    drift: bool
    as_json: bool
    files: dict[str, str]


@app.command()
def test(
    context: typer.Context,
    tasks: list[str] = TASKS,
    from_fs: list[str] = FROM_FS,
    pattern: str = typer.Option(
        "", "--filter", metavar="TEXT", help="Only cases with this in their title, or /REGEX/", show_default=False
    ),
    fail_fast: bool = typer.Option(False, "--fail-fast", help="Start no more cases after the first that fails"),
    jobs: int | None = typer.Option(
        None, "--jobs", "-j", metavar="N", help="Cases at a time", show_default="what suits the machine"
    ),
    repeat: int = typer.Option(1, "--repeat", metavar="N", help="Run each case so often, to find those that are flaky"),
    update: bool = typer.Option(False, "--update", help="Write the outputs of failing cases into their files"),
    mutate: bool = typer.Option(False, "--mutate", help="Change tasks a little, to find cases that do not notice"),
    coverage: bool = typer.Option(False, "--coverage", help="Say which lines of the tasks ran"),
    coverage_lcov: str = typer.Option(
        "", metavar="FILE", help="Write these lines as an LCOV tracefile too", show_default=False
    ),
    drift: bool = typer.Option(False, "--drift", help="Compare mocks with what the real services answer"),
    live: bool = typer.Option(False, "--live", help="Use the network and real time in place of mocks"),
    watch: bool = typer.Option(False, "--watch", help="Do it again whenever a file changes"),
    report_junit: str = typer.Option("", metavar="FILE", help="Write a report as JUnit XML too", show_default=False),
    report_tap: str = typer.Option("", metavar="FILE", help="Write a report as TAP too", show_default=False),
    report_json: str = typer.Option("", metavar="FILE", help="Write a report as JSON too", show_default=False),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON"),
) -> int:
    """Run the cases of tasks."""
    paths = [*(tasks or []), *from_fs] or ["."]
    files = {"junit": report_junit, "tap": report_tap, "json": report_json, "lcov": coverage_lcov}
    files = {form: path for form, path in files.items() if path}
    for path in files.values():
        check_output(path)
    if mutate and live:
        raise typer.BadParameter("`--mutate` goes with mocks, not with `--live`")
    if drift:
        judging = {"--update": update, "--mutate": mutate, "--fail-fast": fail_fast, "--repeat": repeat != 1}
        judging |= {"--coverage": coverage, "--coverage-lcov": coverage_lcov != ""}
        judging |= {"--report-junit": report_junit != "", "--report-tap": report_tap != ""}
        _refuse_beside_drift(judging)
    jobs, repeat = _whole("--jobs", jobs, _MOST_JOBS), _whole("--repeat", repeat, _MOST_RUNS) or 1
    configuration = load_for(context.obj, {})
    minimum, maximum = configuration.worker_counts
    jobs = jobs or maximum or max(minimum, default_workers())
    pool = Pool(engine=configuration.engine, minimum=min(minimum, jobs), maximum=jobs)
    manner = Manner(jobs, repeat, live, fail_fast)
    options = Options(_fits(pattern), manner, update, mutate, coverage or bool(coverage_lcov), drift, as_json, files)
    with open_runtime(configuration, pool) as runtime:
        if not watch:
            return _test(runtime, configuration, paths, options)
        from ratchet.cli.watch import run_and_watch

        return run_and_watch(paths, lambda: _test(runtime, configuration, paths, options), written=list(files.values()))


def _refuse_beside_drift(judging: Mapping[str, bool]) -> None:
    for flag in (flag for flag, given in judging.items() if given):
        raise typer.BadParameter(f"`--drift` judges no case, and does not go with `{flag}`")


def _whole(flag: str, number: int | None, most: int) -> int | None:
    if number is not None and not 1 <= number <= most:
        raise typer.BadParameter(f"`{flag}` takes a whole number from 1 to {most:,}")
    return number


def _fits(pattern: str) -> Fits:
    try:
        return parse_filter(pattern)
    except ValueError as error:
        raise typer.BadParameter(f"`--filter {pattern}` {error}") from None


def _test(runtime: Runtime, configuration: Configuration, paths: Sequence[str], options: Options) -> int:
    """Run the cases of the tasks at the paths, report and return the exit code."""
    started = time.monotonic()
    finders: dict[str, FindTask | None] = {}
    suites, unloaded = _load(configuration, paths, finders, update=options.update)
    plan = make_plan(suites, options.fits, lambda task: finders[task.location])
    if options.drift:
        return _drift(runtime, Report(tuple(suites), tuple(unloaded), (), 0.0), plan, options)
    updates = Updates() if options.update else None
    with CaseOutput(len(plan.planned), quiet=options.as_json) as output:
        output.loaded(suites, unloaded)
        results = []
        counted = count_statements(runtime, plan.planned if options.coverage else ())
        for result in _run(runtime, counted.planned or plan.planned, options.manner):
            told = updates.take(result) if updates else result
            results.append(told)
            output.result(told)
        coverages = tuple(cover(counted, results))
        for coverage in coverages:
            output.coverage(coverage)
        mutations = []
        for mutation in _mutate(runtime, plan, results, options.manner.jobs) if options.mutate else ():
            mutations.append(mutation)
            output.mutation(mutation)
    not_started = len(plan.planned) - len(results)
    spent = time.monotonic() - started
    left_out = plan.left_out + not_started
    found = tuple(mutations), coverages
    report = Report(tuple(suites), tuple(unloaded), tuple(results), spent, left_out, *found)
    if updates:
        for difference in updates.write():
            output.difference(difference)
    for form, path in options.files.items():
        write_output(_render(form)(report), path)
    if options.as_json:
        print_text(_render("json")(report))
    else:
        output.summary(report)
    return _exit_code(report, plan)


def _drift(runtime: Runtime, report: Report, plan: Plan, options: Options) -> int:
    """Compare mocks with the real services, and return the exit code; a task that is broken counts most."""
    with CaseOutput(0, quiet=options.as_json) as output:
        output.loaded(report.suites, report.unloaded)
    file = options.files.get("json", "")
    code = report_drift(runtime, plan.planned, options.manner.jobs, as_json=options.as_json, file=file)
    broken = report.failure() if report.broken else None
    return code if broken is None else broken.exit_code


def _load(
    configuration: Configuration, paths: Sequence[str], finders: dict[str, FindTask | None], *, update: bool
) -> tuple[list[Suite], list[Unloaded]]:
    """Return the cases of the tasks at the paths, and the tasks that cannot be loaded.

    Args:
        finders: Takes where each task finds others to call, by its location.
    """
    suites: list[Suite] = []
    unloaded: list[Unloaded] = []
    for path, task, find_task in _tasks(configuration, paths, update=update):
        if isinstance(task, RatchetError):
            unloaded.append(Unloaded(path, tuple(problems_in(task))))
        elif task.location not in finders:
            finders[task.location] = find_task if task.metadata.permissions.tasks else None
            suites.append(load_suite(task))
    return suites, unloaded


def _tasks(
    configuration: Configuration, paths: Sequence[str], *, update: bool
) -> Iterator[tuple[str, Task | RatchetError, FindTask | None]]:
    for path in paths:
        named = find_named_task(configuration, path, changing="--update" if update else None)
        if named is not None:
            yield path, *named
            continue
        for found in tasks_at(path):
            if isinstance(found, RatchetError):
                yield path, found, None
                continue
            try:
                yield found, load_task(found), sibling_finder(found)
            except NotFound:
                raise
            except RatchetError as error:
                yield found, error, None


def _run(runtime: Runtime, planned: Sequence[Planned], manner: Manner) -> Iterator[Result]:
    cancellation = Cancellation()
    with cancel_on_interrupt(cancellation):
        yield from run_cases(runtime, planned, manner, cancellation)


def _mutate(runtime: Runtime, plan: Plan, results: Sequence[Result], jobs: int) -> Iterator[Mutation]:
    """Yield what came of the mutants of each task that has a case that passes."""
    passed = {(result.task.location, result.case.written) for result in results if result.status == "passed"}
    green = [one for one in plan.planned if (one.task.location, one.case.written) in passed]
    cancellation = Cancellation()
    with cancel_on_interrupt(cancellation):
        for _, planned in itertools.groupby(green, key=lambda one: one.task.location):
            mutation = mutate_task(runtime, list(planned), jobs, cancellation)
            if cancellation.cancelled:
                raise Cancelled("The mutants were cancelled")
            if mutation is not None:
                yield mutation


def _render(form: str) -> Callable[[Report], str]:
    if form == "junit":
        from ratchet.cases.report_junit import render_junit

        return render_junit
    if form == "tap":
        from ratchet.cases.report_tap import render_tap

        return render_tap
    if form == "lcov":
        return lambda report: render_lcov(report.coverages)
    from ratchet.cases.report_json import report_json

    return lambda report: to_json(report_json(report))


def _exit_code(report: Report, plan: Plan) -> int:
    """Return the exit code, and say what the lines of the cases do not."""
    failure = report.failure()
    if plan.only and os.environ.get("CI", "").lower() not in ("", "0", "false"):
        place = plan.only[0].written.place("only", key=True)
        print_error(CaseFailed("`only` is left in, and leaves other cases out", place=place))
        failure = failure or CaseFailed("`only` is left in")
    elif (failure is not None and not report.results and not report.broken) or (
        failure is not None and not report.broken and not isinstance(failure, CaseFailed)
    ):
        print_error(failure)
    sys.stdout.flush()
    return 0 if failure is None else failure.exit_code
