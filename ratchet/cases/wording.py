"""JSON values in messages."""

from __future__ import annotations

import json

from ratchet.values import Json


def shown(value: Json, longest: int = 200) -> str:
    """Return a JSON value in one line, cut when long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= longest else text[: longest - 1] + "…"
