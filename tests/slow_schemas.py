"""Schemas that take longer to check than anybody waits."""

from __future__ import annotations

from ratchet.values import JsonObject


def doubling(levels: int = 40) -> JsonObject:
    """Return a schema whose check doubles with each level; it refuses everything but a string."""
    definitions = {
        f"d{number}": {"anyOf": [{"$ref": f"#/$defs/d{number + 1}"}, {"$ref": f"#/$defs/d{number + 1}"}]}
        for number in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**definitions, f"d{levels}": {"type": "string"}}}
