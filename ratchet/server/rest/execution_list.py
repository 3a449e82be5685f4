"""Executions in lists: those under way, which this process knows, before those that have ended, which the store has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from ratchet.execution.document import Execution
from ratchet.execution.executions import Executions
from ratchet.server.describe import list_operation
from ratchet.server.listing import page_answer, parameters_of, read_query
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.service import ServiceOf
from ratchet.store.executions import EXECUTIONS, row_values
from ratchet.store.page import count_rows, read_page
from ratchet.store.query import Query
from ratchet.task.moment import render_moment
from ratchet.values import Json, JsonObject

router = APIRouter(prefix=PREFIX, tags=["executions"])


@router.get("/executions", **list_operation("List executions", "ExecutionRow", list(parameters_of(EXECUTIONS))))
def list_executions(request: Request, service: ServiceOf) -> Response:
    """Find executions by task, status, time and what made them, the newest first."""
    query, counted = read_query(request, EXECUTIONS)
    fitting = _under_way(service.executions, query)
    # They are newer than what has ended, and so come first or not at all.
    living = fitting if query.descending and query.after is None else []
    head = living[query.start : query.start + query.limit]
    with service.store.reading() as session:
        rest = query._replace(start=max(0, query.start - len(living)), limit=query.limit - len(head))
        page = read_page(session, EXECUTIONS, rest) if rest.limit else None
        total = count_rows(session, EXECUTIONS, query) + len(fitting) if counted else None
    data = [row_json(row_values(execution)) for execution in head]
    if page is None:
        return page_answer(request, data, query, None, total, is_full=True)
    # One may have ended in between.
    known = {execution.id for execution in living}
    data += [row_json(dict(row)) for row in page.rows if row["id"] not in known]
    return page_answer(request, data, query, page.after, total)


def _under_way(executions: Executions, query: Query) -> list[Execution]:
    """Return what is under way and fits, the newest first."""
    living = [each for each in executions.all() if each.finished_at is None]
    return [each for each in living if all(one.fits(row_values(each)[one.field.name]) for one in query.filters)]


def row_json(row: Mapping[str, Json]) -> JsonObject:
    """Return the row of an execution as lists show it."""
    return {
        "id": row["id"],
        "task": {name: row["task" if name == "name" else name] for name in ("name", "version", "digest")},
        **{name: _text(row[name]) for name in _PLAIN},
    }


_PLAIN = (
    "status", "error", "created_at", "finished_at", "duration_ms", "job_id", "schedule_id", "parent_id", "recording",
)  # fmt: skip


def _text(value: Json) -> Json:
    return render_moment(value) if isinstance(value, datetime) else value
