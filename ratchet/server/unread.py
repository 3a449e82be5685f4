"""What a request has and its route does not read is refused: who misspells or misplaces something is told so."""

from __future__ import annotations

from fastapi import Request

from ratchet.errors import InvalidInput
from ratchet.server.gate.watch import route_of
from ratchet.task.text import nearest, printable
from ratchet.values import Problem

_BLANKS = b" \t\r\n"


async def refuse_unread(request: Request) -> None:
    """Refuse a parameter or a body that the OpenAPI document does not have for the route.

    Raises:
        InvalidInput: There is one.
    """
    if not request.query_params and request.method == "GET":
        return
    operation = request.app.openapi()["paths"][route_of(request.scope)][request.method.lower()]
    known = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
    problems = _unknown_parameters(request, known)
    if request.method != "GET" and "requestBody" not in operation and not _is_empty(await request.body()):
        names = ", ".join(f"`{name}`" for name in known)
        hint = f"Write {names} into the address" if known else "Send none"
        problems.append(Problem("There is no body here", pointer="/body", hint=hint))
    if problems:
        raise InvalidInput("The request has parts that nobody reads", problems=problems)


def _unknown_parameters(request: Request, known: list[str]) -> list[Problem]:
    problems = []
    for name in dict.fromkeys(request.query_params):
        if name not in known:
            match = nearest(printable(name), known)
            hint = f"Did you mean `{match}`?" if match else None
            problems.append(Problem(f"`{printable(name)}` is no parameter here", pointer=f"/query/{name}", hint=hint))
    return problems


def _is_empty(body: bytes) -> bool:
    return body.translate(None, _BLANKS) in (b"", b"{}")
