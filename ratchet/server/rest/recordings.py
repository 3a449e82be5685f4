"""Recordings that outlive this process: which there are, and what each holds."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from ratchet.errors import Conflict, NotFound, Refused
from ratchet.server.answer import json_answer
from ratchet.server.describe import list_operation, operation
from ratchet.server.listing import page_answer, parameters_of, read_query
from ratchet.server.rest.execution_list import row_json
from ratchet.server.rest.executions import ExecutionId, find_execution
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.service import ServiceOf
from ratchet.store.executions import RECORDINGS, row_values
from ratchet.store.page import count_rows, read_page

router = APIRouter(prefix=PREFIX, tags=["recordings"])


@router.get("/recordings", **list_operation("List recordings", "ExecutionRow", list(parameters_of(RECORDINGS))))
def list_recordings(request: Request, service: ServiceOf) -> Response:
    """Find the executions whose recordings are kept, by task and time, the newest first."""
    query, counted = read_query(request, RECORDINGS)
    with service.store.reading() as session:
        page = read_page(session, RECORDINGS, query)
        total = count_rows(session, RECORDINGS, query) if counted else None
    return page_answer(request, [row_json(dict(row)) for row in page.rows], query, page.after, total)


@router.get("/recordings/{id}", **operation("Get a recording", "Recording", errors=(NotFound, Conflict, Refused)))
def get_recording(service: ServiceOf, identity: ExecutionId) -> Response:
    """Show of which execution a recording is, and its files; `/executions/{id}/recording` downloads them as one."""
    running = find_execution(service, identity)
    files = service.executions.recorded_files(running.id)
    shown = [{"path": path, "bytes": len(data)} for path, data in sorted(files.items())]
    return json_answer({**row_json(row_values(running.look())), "files": shown})
