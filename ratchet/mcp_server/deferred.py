"""One call of a tool that goes on after it has been answered (SEP-2663), and may ask its client in between."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Literal

from mcp import MCPError
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, CallToolResult, ElicitResult
from pydantic import ValidationError

from ratchet.mcp_server.asking import Answers, Ask, request_of
from ratchet.mcp_server.progress import words_of
from ratchet.mcp_server.questions import Question
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.moment import render_moment
from ratchet.task.text import printable
from ratchet.values import JsonObject

TTL_SECONDS = 3_600
"""How long a call is known, and how long it waits for an answer of its client."""

_POLL_MS = 500

Status = Literal["working", "input_required", "completed", "failed", "cancelled"]
Work = Callable[[Cancellation, Callable[[JsonObject], None], Ask], CallToolResult]
"""Calls a tool, and stops when it is cancelled; its reports of progress go to the second argument."""


class Deferred:
    """One call, in a thread of its own, which nobody waits for when the server ends.

    Args:
        owner: Who may ask for it; see `Principal`.

    Attributes:
        news: Set as soon as there is something to tell: the end, or a question.
    """

    def __init__(self, work: Work, owner: str) -> None:
        self.id = uuid.uuid4().hex
        self.owner = owner
        self.created = self._changed = time.time()
        self.news = threading.Event()
        self.future: Future[CallToolResult] = Future()
        self._work = work
        self._cancellation = Cancellation()
        self._cancelled = False
        self._said: str | None = None
        self._answered = threading.Condition()
        self._open: dict[str, Question] = {}
        self._answers: dict[str, ElicitResult] = {}
        threading.Thread(target=self._run, name="deferred call", daemon=True).start()

    def _run(self) -> None:
        try:
            result = self._work(self._cancellation, self._heard, self._ask)
        except BaseException as error:
            self._changed = time.time()
            self.future.set_exception(error)
        else:
            self._changed = time.time()
            self.future.set_result(result)
        self.news.set()

    def _heard(self, report: JsonObject) -> None:
        self._said, self._changed = words_of(report), time.time()

    def _ask(self, questions: Sequence[Question]) -> Answers:
        """Wait until the client has answered all questions, or the call is cancelled; return the answers."""
        with self._answered:
            self._open = {question.key: question for question in questions}
            self._changed = time.time()
        self.news.set()
        with self._cancellation.on_cancel(self._wake), self._answered:
            self._answered.wait_for(lambda: not self._open or self._cancellation.cancelled, TTL_SECONDS)
            self._open = {}
            return self._answers

    def _wake(self) -> None:
        with self._answered:
            self._answered.notify_all()

    def answer(self, responses: Mapping[str, Any]) -> None:
        """Take answers to questions that are open; others are passed over.

        Raises:
            MCPError: One is no answer to a form.
        """
        with self._answered:
            given = {key: _parse_answer(key, value) for key, value in responses.items() if key in self._open}
            self._answers |= given
            self._open = {key: question for key, question in self._open.items() if key not in given}
            self._changed = time.time()
            self._answered.notify_all()

    def cancel(self) -> None:
        """Stop it; what has ended stays as it is."""
        self._cancelled = self._cancelled or not self.future.done()
        self._cancellation.cancel()

    @property
    def status(self) -> Status:
        """How far it is."""
        if not self.future.done():
            return "input_required" if self._open else "working"
        if self._cancelled:
            return "cancelled"
        return "failed" if self.future.exception() else "completed"

    def to_json(self) -> JsonObject:
        """Return what is said of it without its questions or its result."""
        told: JsonObject = {
            "taskId": self.id,
            "status": self.status,
            "createdAt": render_moment(self.created),
            "lastUpdatedAt": render_moment(self._changed),
            "ttlMs": TTL_SECONDS * 1000,
            "pollIntervalMs": _POLL_MS,
        }
        return told if self._said is None else {**told, "statusMessage": self._said}

    def to_detailed_json(self) -> JsonObject:
        """Return what is said of it, with its questions, its result or its error where it has one."""
        # Together: an answer between the two would leave a question of a call that waits for none.
        with self._answered:
            told, waiting = self.to_json(), self._open
        if told["status"] == "input_required":
            told["inputRequests"] = {key: _wire(request_of(question)) for key, question in waiting.items()}
        elif told["status"] == "completed":
            told["result"] = _wire(self.future.result())
        elif told["status"] == "failed":
            told["error"] = _error_json(self.future.exception())
        return told


def _parse_answer(key: str, value: Any) -> ElicitResult:
    try:
        return ElicitResult.model_validate(value)
    except ValidationError:
        message = f"The answer to `{printable(key)}` is none to a form: it has an `action`"
        raise MCPError(INVALID_PARAMS, message) from None


def _wire(model: Any) -> JsonObject:
    found: JsonObject = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found


def _error_json(error: BaseException | None) -> JsonObject:
    if isinstance(error, MCPError):
        return {"code": error.error.code, "message": error.error.message}
    logging.getLogger(__name__).error("A call of a tool has failed", exc_info=error)
    return {"code": INTERNAL_ERROR, "message": "Internal error"}
