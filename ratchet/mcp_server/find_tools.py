"""Tools that find tasks and say what they take: `list_tasks`, `describe_task`."""

from __future__ import annotations

import json

from ratchet.cases.examples import example_of
from ratchet.cases.load import load_suite
from ratchet.cases.model import Case
from ratchet.mcp_server.listing import Listing
from ratchet.mcp_server.schemas import TASK
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.registry.catalogue import Offer
from ratchet.registry.contents import Entry
from ratchet.task.model import Task
from ratchet.task.problem_document import PROBLEM, problem_json
from ratchet.task.schema_words import ANYTHING, COUNT, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import JsonObject

_TOOL = described(TEXT_OR_NULL, "The tool that it is; null where `no_tool_because` says why it is none")
_MOST_LISTED = 200
_PAGE = 50


def _list_tasks(call: Call) -> Answer:
    offers = call.workshop.catalogue.read()
    listing = call.workshop.shelf.look()
    words = call.arguments.get("query", "").lower().split()
    chosen = [entry for entry in entries_of(offers) if _matches(entry, words)]
    start = call.arguments.get("offset", 0)
    page = chosen[start : start + call.arguments.get("limit", _PAGE)]
    end = start + len(page)
    brief, schemas = call.arguments.get("detail") == "names", call.arguments.get("schemas", False)
    return Answer(
        {
            "tasks": [_name(entry) if brief else _row(listing, entry, schemas) for entry in page],
            "total": len(chosen),
            "next_offset": end if end < len(chosen) else None,
            "left_out": [problem_json(problem) for offer in offers for problem in offer.contents.problems],
            "unusable_sources": [
                {"source": offer.source.name, "reason": offer.contents.detail}
                for offer in offers
                if offer.contents.state == "unusable"
            ],
        }
    )


def entries_of(offers: list[Offer]) -> list[Entry]:
    """Return every task of every source, by name."""
    entries = [entry for offer in offers for entry in offer.contents.entries]
    return sorted(entries, key=lambda entry: (entry.name, entry.source, entry.version))


def _matches(entry: Entry, words: list[str]) -> bool:
    text = f"{entry.address} {entry.summary}".lower()
    return all(word in text for word in words)


def _name(entry: Entry) -> JsonObject:
    return {"task": f"{entry.address}@{entry.version}"}


def _row(listing: Listing, entry: Entry, schemas: bool) -> JsonObject:
    summary: JsonObject = {
        **_name(entry),
        "name": entry.name,
        "source": entry.source,
        "version": entry.version,
        "description": entry.summary,
    }
    if schemas:
        task = entry.load()
        summary |= {"input_schema": task.input_schema, "output_schema": task.output_schema}
    standing = listing.standing(entry.address, entry.version)
    return {**summary, "tool": standing.tool, "no_tool_because": list(standing.reasons)}


LIST_TASKS = Tool(
    "list_tasks",
    "List tasks",
    "Find the tasks that can be run. `query` keeps those with all its words in their name or description; "
    "`schemas` adds what each takes and gives back, `detail: names` leaves all but the names away.",
    {"query": "total", "limit": 10},
    record(
        {},
        {
            "query": described(TEXT, "Words of the name or the description"),
            "detail": {"enum": ["names", "summary"], "description": "`summary` without it"},
            "schemas": described(FLAG, "Whether to add the schemas; false without it"),
            "limit": {"type": "integer", "minimum": 1, "maximum": _MOST_LISTED, "description": f"{_PAGE} without it"},
            "offset": described(COUNT, "Tasks to pass over: `next_offset` of the answer before"),
        },
    ),
    record(
        {
            "tasks": listed(
                record(
                    {
                        "task": TASK,
                    },
                    {
                        "name": TEXT,
                        "source": TEXT,
                        "version": TEXT,
                        "description": TEXT,
                        "tool": _TOOL,
                        "no_tool_because": listed(TEXT),
                        "input_schema": ANYTHING,
                        "output_schema": ANYTHING,
                    },
                )
            ),
            "total": COUNT,
            "next_offset": {"type": ["integer", "null"]},
            "left_out": described(listed(PROBLEM), "Tasks that cannot be loaded, and why"),
            "unusable_sources": listed(record({"source": TEXT, "reason": TEXT})),
        }
    ),
    _list_tasks,
)


def _describe_task(call: Call) -> Answer:
    task, source = call.workshop.catalogue.find(call.arguments["task"])
    shelf = call.workshop.shelf
    standing, draft = shelf.look().standing(f"{source}/{task.name}", task.version), shelf.standing(source, task)
    return Answer(
        {
            **describe(task, source),
            "tool": standing.tool,
            "no_tool_because": list(standing.reasons),
            "draft": draft.draft,
            "draft_because": list(draft.reasons),
            "next": draft.next,
        }
    )


def describe(task: Task, source: str) -> JsonObject:
    """Return what a task takes and gives back, what it may reach, its source, its cases and a call that works."""
    metadata = task.metadata
    return {
        "name": task.name,
        "source": source,
        "version": task.version,
        "digest": task.digest,
        "label": metadata.label,
        "description": metadata.description,
        "tags": list(metadata.tags),
        "permissions": _permissions(task),
        "input_schema": task.input_schema,
        "output_schema": task.output_schema,
        "entrypoint": task.entrypoint,
        "entrypoint_source": task.files[task.entrypoint].decode("utf-8", "replace"),
        "files": sorted(task.files),
        "cases": [_case_json(case) for case in load_suite(task).cases],
        "example": _example_call(task, source),
        "warnings": [problem_json(problem) for problem in task.warnings],
    }


def _case_json(case: Case) -> JsonObject:
    return {"name": case.name, "description": case.description, "file": case.written.file, "skip": case.skip}


def _example_call(task: Task, source: str) -> str | None:
    """Return a call that works, as a case has it; None where no short one is known."""
    value = example_of(task)
    if value is None:
        return None
    call = {"task": f"{source}/{task.name}", "input": value}
    return f"execute_task {json.dumps(call, ensure_ascii=False)}"


def _permissions(task: Task) -> JsonObject:
    return {name: None if value is None else list(value) for name, value in task.metadata.permissions._asdict().items()}


_HOSTS: JsonObject = {"type": ["array", "null"], "items": TEXT}

DESCRIBE_TASK = Tool(
    "describe_task",
    "Describe a task",
    "Show what one task takes and gives back, what it may reach, its source, its cases and a call that works. Call it "
    "before `execute_task`.",
    {"task": "total"},
    record({"task": TASK}),
    record(
        {
            "name": TEXT,
            "source": TEXT,
            "version": TEXT,
            "digest": described(TEXT, "Names exactly this content"),
            "label": TEXT,
            "description": TEXT_OR_NULL,
            "tags": listed(TEXT),
            "permissions": described(
                record({"net": _HOSTS, "methods": _HOSTS, "secrets": listed(TEXT), "tasks": listed(TEXT)}),
                "What it declares; null where it declares nothing",
            ),
            "input_schema": described(ANYTHING, "JSON Schema of the input; null where there is none"),
            "output_schema": described(ANYTHING, "JSON Schema of the output; null where there is none"),
            "entrypoint": TEXT,
            "entrypoint_source": TEXT,
            "files": listed(TEXT),
            "cases": listed(
                record(
                    {
                        "name": TEXT,
                        "description": TEXT_OR_NULL,
                        "file": TEXT,
                        "skip": described(TEXT_OR_NULL, "Why it is not run; null where it is"),
                    }
                )
            ),
            "example": described(TEXT_OR_NULL, "A call that works; null where no case has a short one"),
            "warnings": listed(PROBLEM),
            "tool": _TOOL,
            "no_tool_because": listed(TEXT),
            "draft": described(FLAG, "Whether it has not been tested as it is"),
            "draft_because": listed(TEXT),
            "next": described(TEXT_OR_NULL, "The call that says more of a draft, or mends it"),
        }
    ),
    _describe_task,
)
