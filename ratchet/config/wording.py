"""Values in sentences, and why one does not fit its setting."""

from __future__ import annotations

import json

from ratchet.config.declaration import MASK, Setting, expected
from ratchet.task.quantity import parse_size
from ratchet.task.text import nearest, printable
from ratchet.values import Json

_LONGEST = 60


def shown(value: Json) -> str:
    """Return a value as it stands in a sentence."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return f"`{printable(json.dumps(value, ensure_ascii=False), _LONGEST)}`"


def misfit(setting: Setting, value: Json) -> tuple[str, str | None]:
    """Return why a value does not fit its setting, to follow its name, and a hint where there is one."""
    if setting.kind == "secret":
        if value == MASK:
            return "is the mask that is shown for a secret, not the secret", "Write `env:NAME` or `file:PATH`"
        return f"is not {expected(setting)}", None
    if setting.kind == "map":
        return f"is not {expected(setting)}", None
    return f"is {shown(value)}, not {expected(setting)}", _hint(setting, value)


def _hint(setting: Setting, value: Json) -> str | None:
    if not isinstance(value, str):
        return None
    if setting.kind == "word":
        match = nearest(value, setting.words)
        return f"Did you mean `{match}`?" if match else None
    size = parse_size(value) if setting.name.endswith("_bytes") else None
    return f"Write `{size}`" if size else None
