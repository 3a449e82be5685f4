"""Parameters that a route does not have are refused: who misspells one is told so."""

from __future__ import annotations

from fastapi import Request

from ratchet.errors import InvalidInput
from ratchet.server.gate.watch import route_of
from ratchet.task.text import nearest, printable
from ratchet.values import Problem


async def refuse_unknown_query(request: Request) -> None:
    """Refuse a parameter that the OpenAPI document does not have for the route.

    Raises:
        InvalidInput: There is one.
    """
    if not request.query_params:
        return
    operation = request.app.openapi()["paths"][route_of(request.scope)][request.method.lower()]
    known = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
    problems = []
    for name in dict.fromkeys(request.query_params):
        if name not in known:
            match = nearest(printable(name), known)
            hint = f"Did you mean `{match}`?" if match else None
            problems.append(Problem(f"`{printable(name)}` is no parameter here", pointer=f"/query/{name}", hint=hint))
    if problems:
        raise InvalidInput("The request has parameters that nobody reads", problems=problems)
