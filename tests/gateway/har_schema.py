"""A JSON Schema of HAR 1.2, written from the format's description: every object with what it must have."""

from __future__ import annotations

from typing import Any


def shape(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object; fields of others begin with an underscore."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


TEXT = {"type": "string"}
SIZE = {"type": "integer", "minimum": -1}
TIME = {"type": "number", "minimum": -1}
PAIRS = {"type": "array", "items": shape({"name": TEXT, "value": TEXT}, {"comment": TEXT})}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
POST_DATA = shape({"mimeType": TEXT, "text": TEXT}, {"params": PAIRS, "comment": TEXT})
CONTENT = shape({"size": SIZE, "mimeType": TEXT}, {"compression": {"type": "integer"}, "text": TEXT, "encoding": TEXT})
REQUEST = shape(
    {
        "method": TEXT,
        "url": {"type": "string", "format": "uri"},
        "httpVersion": TEXT,
        "cookies": {"type": "array"},
        "headers": PAIRS,
        "queryString": PAIRS,
        "headersSize": SIZE,
        "bodySize": SIZE,
    },
    {"postData": POST_DATA},
)
RESPONSE = shape(
    {
        "status": {"type": "integer"},
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": {"type": "array"},
        "headers": PAIRS,
        "content": CONTENT,
        "redirectURL": TEXT,
        "headersSize": SIZE,
        "bodySize": SIZE,
    }
)
TIMINGS = shape(
    {"send": TIME, "wait": TIME, "receive": TIME}, dict.fromkeys(["blocked", "dns", "connect", "ssl"], TIME)
)
ENTRY = shape(
    {
        "startedDateTime": MOMENT,
        "time": {"type": "number", "minimum": 0},
        "request": REQUEST,
        "response": RESPONSE,
        "cache": {"type": "object"},
        "timings": TIMINGS,
    },
    {"serverIPAddress": TEXT, "connection": TEXT, "pageref": TEXT},
)
HAR = shape(
    {
        "log": shape(
            {
                "version": {"const": "1.2"},
                "creator": shape({"name": TEXT, "version": TEXT}),
                "entries": {"type": "array", "items": ENTRY},
            }
        )
    }
)
