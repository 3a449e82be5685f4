"""What the server says of itself, and bodies that are no JSON."""

from __future__ import annotations

from ratchet.task.schema_words import TEXT, record
from ratchet.values import JsonObject

SCHEMAS: JsonObject = {
    "Health": record({"status": {"const": "ok"}, "version": TEXT}),
    "OpenApi": {"type": "object", "required": ["openapi", "info", "paths"]},
    "Text": TEXT,
    "File": {**TEXT, "format": "binary"},
}
