"""What watches over a server asks: does it live, can it work, what has it counted."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

import ratchet
from ratchet.errors import Unavailable
from ratchet.server.answer import json_answer
from ratchet.server.describe import operation
from ratchet.server.metrics import CONTENT_TYPE
from ratchet.server.service import ServiceOf

router = APIRouter(tags=["server"])


@router.get("/health", **operation("Tell whether the server lives", "Health"))
async def get_health() -> Response:
    """Answer as long as the process does."""
    return json_answer({"status": "ok", "version": ratchet.__version__})


@router.get("/ready", **operation("Tell whether the server takes work", "Health", errors=(Unavailable,)))
async def get_ready(service: ServiceOf) -> Response:
    """Answer 503 while the server stops."""
    if service.closing.cancelled:
        raise Unavailable("The server is about to stop", hint="Ask another one")
    return json_answer({"status": "ok", "version": ratchet.__version__})


@router.get("/metrics", **operation("Read the metrics", "Text", media_type="text/plain"))
def get_metrics(service: ServiceOf) -> Response:
    """Show counters and histograms as Prometheus reads them."""
    return Response(service.metrics.render(), media_type=CONTENT_TYPE)
