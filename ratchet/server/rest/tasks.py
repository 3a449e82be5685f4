"""Tasks: which there are, and what each is made of."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from ratchet.cases.load import load_suite
from ratchet.errors import RatchetError
from ratchet.execution.check import problems_in
from ratchet.registry.catalogue import Offer
from ratchet.server.answer import tagged_answer
from ratchet.server.describe import list_operation, operation, parameter
from ratchet.server.listing import page_answer, parameters_of, read_query
from ratchet.server.rest.asked import OF_ONE_TASK, Found, Offered
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.rest.task_parts import case_json, source_json, task_document
from ratchet.server.service import ServiceOf
from ratchet.store.fields import Field, Filter
from ratchet.store.query import Unstored
from ratchet.task.model import Task
from ratchet.task.problem_document import problem_json
from ratchet.values import Json, Problem

router = APIRouter(prefix=PREFIX, tags=["tasks"])

_FIELDS = (
    Field("name", None, "word"),
    Field("source", None, "word"),
    Field("version", None, "word"),
    Field("description", None, "word"),
    Field("tag", None, "word"),
    Field("category", None, "word"),
    Field("deprecated", None, "flag"),
    Field("enabled", None, "flag"),
)
_TASKS = Unstored({field.name: field for field in _FIELDS}, ("name", "source", "version", "description", "category"))
_SEARCH = parameter("q", {"type": "string"}, "Words that all stand in the name, the description or the tags")


@router.get("/tasks", **list_operation("List tasks", "Task", [*parameters_of(_TASKS), _SEARCH], meta="TaskListMeta"))
def list_tasks(request: Request, service: ServiceOf) -> Response:
    """Find tasks by their words, tags and other fields; what is left out, and why, stands in `meta`."""
    query, counted = read_query(request, _TASKS, ["q"])
    offers = service.catalogue.read()
    words = " ".join(request.query_params.getlist("q")).lower().split()
    loaded, left_out = _load(offers, service.switches.disabled())
    fitting = [each for each in loaded if _holds(each.task, words) and all(_fits(each, one) for one in query.filters)]
    fitting.sort(key=lambda each: _rank(_read(each, query.sort.name)), reverse=query.descending)
    end = query.start + query.limit
    data = [task_document(each.task, each.source, enabled=each.enabled) for each in fitting[query.start : end]]
    beside = {"left_out": [problem_json(problem) for problem in left_out], "unusable_sources": _unusable(offers)}
    total = len(fitting) if counted else None
    return page_answer(request, data, query, None, total, is_full=end < len(fitting), beside=beside)


def _unusable(offers: list[Offer]) -> list[Json]:
    return [
        {"source": offer.source.name, "reason": offer.contents.detail}
        for offer in offers
        if offer.contents.state == "unusable"
    ]


def _load(offers: list[Offer], disabled: frozenset[str]) -> tuple[list[Offered], list[Problem]]:
    found: list[Offered] = []
    left_out: list[Problem] = []
    for offer in offers:
        left_out += offer.contents.problems
        for entry in offer.contents.entries:
            try:
                found.append(Offered(entry.load(), entry.source, entry.name not in disabled))
            except RatchetError as error:
                left_out += problems_in(error)
    return found, left_out


def _holds(task: Task, words: list[str]) -> bool:
    metadata = task.metadata
    text = " ".join([task.name, metadata.label, metadata.description or "", *metadata.tags]).lower()
    return all(word in text for word in words)


def _fits(offered: Offered, wanted: Filter) -> bool:
    value = _read(offered, wanted.field.name)
    if not isinstance(value, list):
        return wanted.fits(value)
    fitting = [wanted.fits(each) for each in value]
    return all(fitting) if wanted.operator == "ne" else any(fitting)


def _rank(value: Json) -> tuple[bool, Json]:
    return value is not None, value or ""


def _read(offered: Offered, field: str) -> Json:
    if field in ("source", "enabled"):
        return getattr(offered, field)
    if field == "tag":
        return list(offered.task.metadata.tags)
    return getattr(offered.task.metadata, field)


@router.get("/tasks/{name}", **operation("Get a task", "Task", errors=OF_ONE_TASK, tagged=True))
def get_task(request: Request, found: Found) -> Response:
    """Show what a task takes and gives back, and what it may reach."""
    return tagged_answer(request, task_document(found.task, found.source, enabled=found.enabled), found.tag)


@router.get("/tasks/{name}/schemas", **operation("Get the schemas", "TaskSchemas", errors=OF_ONE_TASK, tagged=True))
def get_task_schemas(request: Request, found: Found) -> Response:
    """Show the JSON Schemas of the input and the output; null where there is none."""
    schemas = {"input": found.task.input_schema, "output": found.task.output_schema}
    return tagged_answer(request, schemas, found.tag)


@router.get("/tasks/{name}/source", **operation("Get the source", "TaskSource", errors=OF_ONE_TASK, tagged=True))
def get_task_source(request: Request, found: Found) -> Response:
    """Show every file of a task."""
    return tagged_answer(request, source_json(found.task), found.tag)


@router.get("/tasks/{name}/cases", **operation("Get the cases", "TaskCases", errors=OF_ONE_TASK, tagged=True))
def get_task_cases(request: Request, found: Found) -> Response:
    """Show the tests of a task, and what is wrong with their files."""
    suite = load_suite(found.task)
    document = {
        "cases": [case_json(case) for case in suite.cases],
        "problems": [problem_json(problem) for problem in suite.problems],
    }
    return tagged_answer(request, document, found.tag)
