"""A tool that the suite asks for in its scenarios of the tasks extension, made as the server's own are."""

from __future__ import annotations

import time

from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.values import JsonObject

_ANYTHING: JsonObject = {"type": "object", "properties": {}}
_SECONDS = 1.0
"""Longer than the server waits before it lets a client ask later."""


def _crash(call: Call) -> Answer:
    time.sleep(_SECONDS)
    raise RuntimeError("A bug, on purpose")


JOBS = [Tool("protocol_error_job", "Crash", "Crashes after a second", {}, _ANYTHING, _ANYTHING, _crash)]
