"""One request through the app in this process, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

from ratchet.server.gate.gate import TRUSTED


class Reply(NamedTuple):
    """What the app answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def get(app: ASGIApp, path: str) -> Reply:
    """Return the answer to a `GET` of whoever runs the app, who needs no key."""
    return asyncio.run(_get(app, path))


async def _get(app: ASGIApp, path: str) -> Reply:
    parts = urlsplit(path)
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(parts.path),
        "raw_path": quote(parts.path, safe="/%").encode("ascii"),
        "query_string": quote(parts.query, safe="=&%+,/:@!$'()*;?").encode("ascii"),
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": None,
        "server": ("localhost", 80),
        TRUSTED: True,
    }
    sent: list[Message] = []
    ended = asyncio.Event()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await ended.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            ended.set()

    async with _lifespan(app):
        await app(scope, receive, send)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


@asynccontextmanager
async def _lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Start the app, and stop it at the end of the block, as a server would (ASGI, lifespan protocol)."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    heard: asyncio.Queue[Message] = asyncio.Queue()
    scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    living = asyncio.ensure_future(app(scope, told.get, heard.put))
    await told.put({"type": "lifespan.startup"})
    await heard.get()
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await living
