"""What the routes raise, and what the framework refuses by itself, as problems."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from ratchet.errors import InvalidInput, MethodNotAllowed, RatchetError, UnsupportedMedia
from ratchet.server.problem import error_of, problem_answer
from ratchet.task.pointer import pointer_of
from ratchet.task.text import printable
from ratchet.values import JsonObject, Problem

_JSON = re.compile(r"application/([a-z0-9.-]+\+)?json")
_UNREADABLE = "There was an error parsing the body"
# By the framework's names of its complaints; what it says of others is clear to whoever has not read its manual.
_SENTENCES = {
    "missing": "`{key}` is missing",
    "extra_forbidden": "There is no `{key}` here",
    "string_pattern_mismatch": "`{input}` does not fit the pattern `{pattern}`",
    "model_attributes_type": "Expected an object",
}


def answer_failures(app: FastAPI) -> None:
    """Have an app answer every failure with a problem."""

    async def refused(_: Request, error: Any) -> Response:
        return problem_answer(error)

    async def invalid(request: Request, error: Any) -> Response:
        kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if any(each["loc"][0] == "body" for each in error.errors()) and not _JSON.fullmatch(kind):
            return problem_answer(UnsupportedMedia(f"`{printable(kind)}` is not read", hint="Send `application/json`"))
        problems = [_problem_of(each) for each in error.errors()]
        return problem_answer(InvalidInput("The request cannot be read as it is", problems=problems))

    async def framework(request: Request, error: Any) -> Response:
        message, headers = str(error.detail), error.headers
        if error.status_code in (404, 405):
            message = f"There is no `{printable(request.method)} {printable(request.url.path)}`"
        if message == _UNREADABLE:
            message = "The body is nested too deep, has a number of too many digits, or is not in UTF-8"
        if error.status_code == MethodNotAllowed.http_status:
            headers = {"Allow": ", ".join(_methods_at(request))}
        return problem_answer(error_of(error.status_code, message), headers)

    async def bug(_: Request, error: Any) -> Response:
        # The log has it: the error goes on to what wrote this line's id.
        return problem_answer(RatchetError("This is a bug in Ratchet", hint="The log of the server says more"))

    app.add_exception_handler(Exception, bug)
    app.add_exception_handler(RatchetError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)


def _methods_at(request: Request) -> list[str]:
    """Return the methods that an address has (RFC 9110, 10.2.1)."""
    methods: set[str] = set()
    for pattern, operations in request.app.openapi()["paths"].items():
        if compile_path(pattern)[0].match(request.url.path):
            methods |= {method.upper() for method in operations}
    # The document has it with the other.
    methods |= {"HEAD"} if "GET" in methods else set()
    return sorted(methods)


def _problem_of(fault: JsonObject) -> Problem:
    """Return one of the framework's complaints as a problem: where in the request, and a sentence."""
    place, *rest = fault["loc"]
    # A fault in JSON has a position, and no place in the value.
    pointer = pointer_of((place,) if fault["type"] == "json_invalid" else (place, *rest))
    if fault["type"] == "json_invalid":
        return Problem(f"The body is not JSON: {fault.get('ctx', {}).get('error', fault['msg'])}", pointer=pointer)
    if fault["type"] == "missing" and not rest:
        return Problem("The body is missing", pointer=pointer, hint="Send a JSON object, `{}` at least")
    return Problem(_sentence(fault), pointer=pointer)


def _sentence(fault: JsonObject) -> str:
    message: str = fault["msg"]
    words = {"key": fault["loc"][-1], "input": fault["input"], "pattern": fault.get("ctx", {}).get("pattern")}
    known = {name: printable(str(word), 100) for name, word in words.items()}
    return _SENTENCES.get(fault["type"], message[:1].upper() + message[1:]).format_map(known)
