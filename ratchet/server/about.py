"""The pages about the server itself: the OpenAPI document, and the same for people."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from ratchet.server.answer import json_answer
from ratchet.server.describe import operation
from ratchet.server.docs_page import POLICY, render_page

router = APIRouter(tags=["server"])


@router.get("/openapi.json", **operation("Get this document", "OpenApi"))
def get_openapi(request: Request) -> Response:
    """Describe every route, as OpenAPI 3.1."""
    return json_answer(request.app.openapi())


@router.get("/docs", **operation("Read the documentation", "Text", media_type="text/html"))
def get_docs(request: Request) -> Response:
    """Show every route on one page."""
    page = render_page(request.app.openapi())
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": POLICY})
