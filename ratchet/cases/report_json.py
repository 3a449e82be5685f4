"""A report as JSON."""

from __future__ import annotations

from ratchet.cases.coverage import FileCoverage, TaskCoverage
from ratchet.cases.model import Reason, Result, Suite
from ratchet.cases.mutate import Mutation, Unnoticed
from ratchet.cases.report import Report, Unloaded
from ratchet.task.problem_document import problem_json
from ratchet.values import JsonObject


def report_json(report: Report) -> JsonObject:
    """Return the whole report as a document."""
    return {
        **{status: report.count(status) for status in ("passed", "failed", "flaky", "skipped", "updated")},
        "broken": report.broken,
        "left_out": report.left_out,
        "duration_ms": round(report.duration_seconds * 1000),
        "tasks": [*map(_suite_json, report.suites), *map(_unloaded_json, report.unloaded)],
        "cases": [_result_json(result) for result in report.results],
        **({"coverage": [_coverage_json(coverage) for coverage in report.coverages]} if report.coverages else {}),
        **({"mutants": [_mutation_json(mutation) for mutation in report.mutations]} if report.mutations else {}),
    }


def _suite_json(suite: Suite) -> JsonObject:
    task = suite.task
    return {
        "task": task.location,
        "name": task.name,
        "version": task.version,
        "digest": task.digest,
        "problems": [problem_json(problem) for problem in suite.problems],
    }


def _unloaded_json(task: Unloaded) -> JsonObject:
    problems = [problem_json(problem) for problem in task.problems]
    return {"task": task.path, "name": None, "version": None, "digest": None, "problems": problems}


def _result_json(result: Result) -> JsonObject:
    execution, place = result.execution, result.case.written.place()
    return {
        "task": result.task.location,
        "name": result.case.name,
        "file": place.file,
        "line": place.line,
        "status": result.status,
        "skip": result.case.skip or None,
        "duration_ms": round(result.duration_ms),
        "runs": result.runs,
        "failures": result.failures,
        "reasons": [_reason_json(reason) for reason in result.reasons],
        "execution": None if execution is None or not result.failed else execution.to_json(),
    }


def _coverage_json(coverage: TaskCoverage) -> JsonObject:
    return {"task": coverage.task.location, "files": [_file_json(file) for file in coverage.files]}


def _file_json(file: FileCoverage) -> JsonObject:
    return {
        "file": file.path,
        "lines": len(file.runs),
        "covered": file.covered,
        "percent": file.percent,
        "uncovered": [list(stretch) for stretch in file.uncovered],
    }


def _mutation_json(mutation: Mutation) -> JsonObject:
    return {
        "task": mutation.task.location,
        "noticed": mutation.noticed,
        "indifferent": mutation.indifferent,
        "unnoticed": [_unnoticed_json(unnoticed) for unnoticed in mutation.unnoticed],
    }


def _unnoticed_json(unnoticed: Unnoticed) -> JsonObject:
    mutant = unnoticed.mutant
    return {**problem_json(unnoticed.to_problem()), "before": mutant.before, "after": mutant.after}


def _reason_json(reason: Reason) -> JsonObject:
    return {
        "cause": reason.cause,
        **problem_json(reason.to_problem()),
        "differences": [difference._asdict() for difference in reason.differences],
    }
