"""Every problem of a task, found without running it: for people, for CI, and for MCP clients."""

from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import Collection, Mapping

from ratchet.engine.modules import ModuleNotFound, Modules, commonjs_exports
from ratchet.engine.prelude import host_globals
from ratchet.engine.source import Inspection, Used, export_problems, inspect_request, parse_inspection, problems_of
from ratchet.errors import InvalidInput, InvalidTask, NotPermitted, RatchetError
from ratchet.execution.reading import INSPECT, read_with
from ratchet.execution.request import run_request
from ratchet.execution.runtime import Runtime
from ratchet.execution.sources import SCRIPT_SUFFIXES, Sources, load_sources
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.frames import pack_request
from ratchet.sandbox.supervise import Unheard
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.task.parse import parse_json
from ratchet.values import Place, Problem

ENTRY_HINT = "Write `export default (input) => …`, `module.exports = (input) => …` or `function main(input) { … }`"
_MOST_FILES = 200


def check_task_at(runtime: Runtime, path: str | os.PathLike[str]) -> tuple[Task | None, list[Problem]]:
    """Return a task, None where it cannot be loaded, and all its problems.

    Raises:
        NotFound: Nothing is there.
    """
    try:
        task = load_task(path)
    except InvalidTask as error:
        return None, problems_in(error)
    return task, check_task(runtime, task)


def check_task(runtime: Runtime, task: Task) -> list[Problem]:
    """Return the problems of a task that could be loaded: of its schemas, its source and what it imports."""
    problems = list(task.warnings)
    problems.extend(runtime.schemas.check_task(task))
    problems.extend(_engine_problems(runtime, task))
    problems.extend(check_sources(runtime, task))
    return sorted(problems, key=lambda problem: problem.severity)


def check_sources(runtime: Runtime, task: Task) -> list[Problem]:
    """Return what a parser finds wrong with the entry point and every module it leads to."""
    try:
        sources = load_sources(runtime, task, runtime.limits.timeout_seconds)
        inspections = _inspect_all(runtime, task, sources)
    except InvalidTask as error:
        return problems_in(error)
    exports = {path: _exports_of(inspection, sources.files[path]) for path, inspection in inspections.items()}
    problems: list[Problem] = []
    for path, inspection in inspections.items():
        problems.extend(problems_of(inspection, path, sources.originals, needs_entry=path == sources.main))
        problems.extend(export_problems(inspection, path, sources.originals, exports))
    problems.extend(_data_problems(sources, inspections))
    problems = [_in_task(task, problem) for problem in problems]
    if inspections[sources.main].form == "unknown" and not problems:
        return _probe_entry(runtime, task, sources)
    return problems


def uses_of(runtime: Runtime, task: Task) -> list[tuple[str, Used]]:
    """Return what the source of a task asks of the host, with the path of the file as a user would type it.

    Raises:
        InvalidTask: The source cannot be read.
    """
    sources = load_sources(runtime, task, runtime.limits.timeout_seconds)
    inspections = _inspect_all(runtime, task, sources)
    return [(task.path_of(path), use) for path, inspection in inspections.items() for use in inspection.used]


def _engine_problems(runtime: Runtime, task: Task) -> list[Problem]:
    try:
        runtime.engine_for(task)
    except (InvalidTask, NotPermitted) as error:
        return problems_in(error)
    return []


def problems_in(error: RatchetError) -> list[Problem]:
    """Return an error as problems: its own, or itself as the only one."""
    return list(error.problems) or [Problem(error.message, error.place, hint=error.hint)]


def _inspect_all(runtime: Runtime, task: Task, sources: Sources) -> dict[str, Inspection]:
    """Return what the parser finds in the entry point and every module it leads to, by path."""
    ends = time.monotonic() + runtime.limits.timeout_seconds
    modules = Modules(sources.files, sources.main)
    inspections: dict[str, Inspection] = {}
    waiting = [sources.main]
    while waiting and len(inspections) < _MOST_FILES:
        path = waiting.pop(0)
        if path not in inspections:
            request = inspect_request(sources.files, path, host_globals())
            place = Place(task.path_of(path))
            parse = functools.partial(parse_inspection, columns=sources.columns.get(path))
            inspections[path] = read_with(runtime, INSPECT, request, parse, place=place, ends=ends)
            found = _imported(inspections[path], path, modules)
            waiting.extend(target for target in found if target.endswith(SCRIPT_SUFFIXES))
    return inspections


def _data_problems(sources: Sources, inspections: Mapping[str, Inspection]) -> list[Problem]:
    """Return the syntax errors of the JSON files that the modules load."""
    modules = Modules(sources.files, sources.main)
    loaded = {target for path, inspection in inspections.items() for target in _imported(inspection, path, modules)}
    problems: list[Problem] = []
    for path in sorted(loaded):
        if path.endswith(".json"):
            problems.extend(_json_problems(sources.files[path], path))
    return problems


def _json_problems(text: str, path: str) -> list[Problem]:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        try:
            parse_json(text, file=path)
        except InvalidInput as error:
            return problems_in(error)
    except (ValueError, RecursionError):
        # A number too long or lists too deep for Python are neither for the engine.
        return []
    return []


def _exports_of(inspection: Inspection, text: str) -> Collection[str] | None:
    if inspection.syntax is not None:
        return None
    return inspection.exports if inspection.module else commonjs_exports(text)


def _imported(inspection: Inspection, path: str, modules: Modules) -> list[str]:
    found = []
    for imported in inspection.imports:
        try:
            found.append(modules.resolve(path, imported.specifier))
        except ModuleNotFound:
            continue  # Already among the problems.
    return found


def _in_task(task: Task, problem: Problem) -> Problem:
    """Return a problem with the path a user would type."""
    place = problem.place
    return problem if place is None else problem._replace(place=place._replace(file=task.path_of(place.file)))


def _probe_entry(runtime: Runtime, task: Task, sources: Sources) -> list[Problem]:
    """Evaluate the top level, which alone can tell whether there is a function, and call nothing."""
    request = run_request(sources, {}, probe=True)
    outcome = runtime.work(lambda: pack_request(request, b"null"), runtime.limits, Unheard(), Cancellation())
    if outcome.code is None:
        return []
    if outcome.code == "no_entry":
        path = task.path_of(sources.main)
        return [Problem(f"`{path}` offers no function to run", Place(path), hint=ENTRY_HINT)]
    from ratchet.execution.failure import explain_failure

    error = explain_failure(task, sources, runtime.limits, outcome)
    where = error.place or Place(task.path_of(sources.main))
    return [Problem(f"The top level of the source fails: {error.message}", where, hint=error.hint)]
