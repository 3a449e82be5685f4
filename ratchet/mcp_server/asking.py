"""Ask the user of a client (elicitation), in both eras of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.types import (
    CallToolRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
)
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from ratchet.mcp_server.questions import Question

Context = ServerRequestContext[dict[str, Any]]
Answers = Mapping[str, ElicitResult]
"""By the keys of the questions; what has no answer is missing."""

Ask = Callable[[Sequence[Question]], Answers]
"""Asks from the thread of a call, and waits."""


def can_ask(context: Context) -> bool:
    """Tell whether a client shows forms; one that says nothing more than that it asks does."""
    capabilities = context.session.client_capabilities
    asks = None if capabilities is None else capabilities.elicitation
    return asks is not None and (asks.form is not None or asks.url is None)


async def ask(
    context: Context, params: CallToolRequestParams, questions: Sequence[Question]
) -> Answers | InputRequiredResult:
    """Return the answers by the keys of the questions; in the newer era, the questions until the answers come along."""
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        given = params.input_responses or {}
        answers = {key: answer for key, answer in given.items() if isinstance(answer, ElicitResult)}
        if all(question.key in answers for question in questions):
            return answers
        return InputRequiredResult(input_requests={question.key: request_of(question) for question in questions})
    answers = {}
    for question in questions:
        answers[question.key] = await context.session.elicit_form(question.message, question.schema, context.request_id)
        if answers[question.key].action != "accept":
            break
    return answers


def request_of(question: Question) -> ElicitRequest:
    """Return a question as it is on the wire."""
    return ElicitRequest(params=ElicitRequestFormParams(message=question.message, requested_schema=question.schema))
