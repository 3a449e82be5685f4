"""Run a program of ours over a task's text, in the confined worker, without running the task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ratchet.engine import Engine, ScriptFault


def answer_reading(engine: Engine, request: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return kind and body of the last frame for a request with `bundle`, `program` and `request`."""
    # JSON in ASCII is JavaScript, so a source goes in as a literal that cannot end early.
    call = f"({request['program']})(({request['bundle']}), {json.dumps(request['request'])})"
    try:
        return b"R", (engine.evaluate(call) or "null").encode("utf-8", "surrogatepass")
    except ScriptFault as fault:
        return b"E", json.dumps({"code": "script_error", "name": "Error", "message": str(fault)[:2000]}).encode()
