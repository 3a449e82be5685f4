"""The OpenAPI 3.1 document: what the framework reads off the routes, and what it cannot know."""

from __future__ import annotations

import json

from fastapi import FastAPI

import ratchet
from ratchet.errors import (
    InvalidInput,
    NotPermitted,
    RatchetError,
    TooLarge,
    TooManyRequests,
    TooSlow,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from ratchet.server.describe import problems
from ratchet.server.gate.key import OPEN
from ratchet.server.schemas import about, executions, failures, jobs, lists, tasks
from ratchet.values import JsonObject

_SUBJECTS = (failures, lists, tasks, executions, jobs, about)
_OWN_QUERY = (InvalidInput, NotPermitted, TooManyRequests, RatchetError, Unavailable)
_BODY = (TooSlow, TooLarge)
_OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")


def openapi_document(app: FastAPI) -> JsonObject:
    """Return the document of an app."""
    document: JsonObject = FastAPI.openapi(app)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _OF_THE_FRAMEWORK:
        schemas.pop(name, None)
    for subject in _SUBJECTS:
        schemas |= subject.SCHEMAS
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "The API key of the server"}
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _finish(path, method, operation)
    return document


def _finish(path: str, method: str, operation: JsonObject) -> None:
    responses = operation["responses"]
    # Input that cannot be read is refused like any other: 400.
    responses.pop("422", None) if "HTTPValidationError" in json.dumps(responses.get("422", {})) else None
    everywhere = [*_OWN_QUERY, *(() if method == "get" else _BODY)]
    if "requestBody" in operation:
        everywhere.append(UnsupportedMedia)
    if path not in OPEN:
        operation["security"] = [{"key": []}]
        everywhere.append(Unauthenticated)
    for status, answer in problems(everywhere).items():
        responses.setdefault(str(status), answer)


def document_facts() -> JsonObject:
    """Return what the document says of the whole."""
    return {
        "title": "Ratchet",
        "version": ratchet.__version__,
        "summary": "Run small, schema-checked JavaScript tasks in a sandbox that can be trusted",
    }
