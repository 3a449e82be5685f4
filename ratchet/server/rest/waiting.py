"""Wait for an execution without a thread, and answer with what it has come to."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from ratchet.errors import Cancelled, LimitExceeded, MissingExtra, TaskDisabled, TaskFailed
from ratchet.execution.document import Execution
from ratchet.execution.running import Running
from ratchet.server.answer import json_answer
from ratchet.server.problem import problem_answer
from ratchet.server.rest.prefix import PREFIX
from ratchet.values import JsonObject

WAIT_SECONDS = 30.0
MOST_WAIT_SECONDS = 600.0
FAILED = (TaskFailed, LimitExceeded, Cancelled, MissingExtra, TaskDisabled)
"""How an execution may end, or not begin, that the answer waits for."""
LOCATED: JsonObject = {"Location": {"description": "The address of the execution", "schema": {"type": "string"}}}


async def wait_for(running: Running, seconds: float) -> None:
    """Wait until an execution has ended or the time is up, and in any case until its input was looked at."""
    await _woken(running, seconds, until_accepted=False)
    if not running.future.done():
        await _woken(running, None, until_accepted=True)


async def _woken(running: Running, seconds: float | None, *, until_accepted: bool) -> None:
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()

    def is_over() -> bool:
        return running.future.done() or (until_accepted and running.events.last is not None)

    def wake() -> None:
        if not woken.done():
            woken.set_result(None)

    def tell() -> None:
        # The loop has other clients: it is woken for what this one waits for alone.
        if is_over():
            loop.call_soon_threadsafe(wake)

    with running.events.follow(tell):
        if is_over():
            return
        timer = None if seconds is None else loop.call_later(seconds, wake)
        try:
            await woken
        finally:
            if timer is not None:
                timer.cancel()


def execution_answer(running: Running) -> Response:
    """Return what an execution has come to: 200 when it completed, a problem when it failed, else 202.

    Raises:
        RatchetError: It was refused, before anything ran.
    """
    execution = running.look()
    headers = {"Location": address_of(execution)}
    document = execution.to_json()
    if execution.error is not None:
        return problem_answer(execution.error.to_exception(), headers, execution=document)
    return json_answer(document, 200 if execution.status == "completed" else 202, headers)


def address_of(execution: Execution) -> str:
    """Return the address of an execution."""
    return f"{PREFIX}/executions/{execution.id}"
