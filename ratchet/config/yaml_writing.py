"""Write settings as YAML."""

from __future__ import annotations

import json
import re

from ratchet.values import Json, JsonObject

_PLAIN = re.compile(r"[A-Za-z/~][\w./-]*", re.ASCII)
_WORDS = frozenset({"null", "true", "false", "~"})
"""What is no string without quotes; words of other YAML versions are none of them."""
_OLD_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})


def scalar(value: Json) -> str:
    """Return a value that is neither an object nor a list."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS | _OLD_WORDS:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


def entry_lines(value: list[JsonObject] | list[str]) -> list[str]:
    """Return the lines of a list of objects or texts, to stand below its key."""
    lines = []
    for entry in value:
        if isinstance(entry, str):
            lines.append(f"- {scalar(entry)}")
            continue
        for position, (name, field) in enumerate(entry.items()):
            lines.append(f"{'  ' if position else '- '}{name}: {scalar(field)}")
    return lines


def key_lines(name: str, value: Json, note: str = "") -> list[str]:
    """Return the lines of one key, with a note as a comment after the first."""
    comment = f"  # {note}" if note else ""
    if isinstance(value, dict) and value:
        inner = [line for key, child in value.items() for line in key_lines(key, child)]
        return [f"{name}:{comment}", *(f"  {line}" for line in inner)]
    if isinstance(value, list) and value:
        return [f"{name}:{comment}", *(f"  {line}" for line in entry_lines(value))]
    return [f"{name}: {scalar(value)}{comment}"]
